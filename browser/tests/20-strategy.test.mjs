// The whole way of a figure: filed by its owner with evidence, checked, signed off by two roles, frozen and published; found
// by a reader, who follows it to its source, takes the file, doubts it, and reads the answer. Nothing is short-cut: the same
// pages that people use, one after the other, with scripts and without, in both languages of the reader.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { PHONE } from '../lib/browser.mjs';
import { focused, keyboardVisible } from '../lib/checks.mjs';
import { at, download, look, send, text } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const run = promisify(execFile);
const cairn = world();
const PLAN = '/desk/track/example-harbour';
const SITE = '/track/example-harbour/';
const BOOK = 'Book of the help desk 2026 (fictional)';
const BOOK_URL = 'https://example.org/harbour/desk-2026';
/** Each turn files its own quarter, one after the other; the second comes to an edition that is frozen and published. */
const TURNS = [
  { no: 1, scripts: false, lang: 'mi', period: '2026Q1', value: '19.4', before: '21' },
  { no: 2, scripts: true, lang: 'en', period: '2026Q2', value: '17.2', before: '19.4' },
];

for (const turn of TURNS) {
  const { scripts, lang } = turn;
  test(`from a return to the answer of a challenge (scripts ${scripts ? 'on' : 'off'}, ${lang})`, async () => {
    const name = `strategy-${scripts ? 'scripts' : 'plain'}`;
    turn.csv = `quarter,days\n${turn.period},${turn.value}\n`;
    const owner = await at(cairn, 'mere', scripts);
    const checker = await at(cairn, 'tama', scripts);
    const first = await filed(owner.page, turn, name);
    await sentBack(checker.page, first, name);
    const second = await corrected(owner.page, first, turn);
    await accepted(checker.page, second, turn, name);
    await notYet(turn);
    const publisher = await at(cairn, 'ngaire', scripts);
    await published(checker.page, publisher.page, turn, name);

    const reader = await cairn.open({ scripts, lang, viewport: PHONE });
    await found(reader.page, turn, name);
    await followed(reader.page, turn, name);
    const challenge = await challenged(reader.page, turn, name);
    const officer = await at(cairn, 'leilani', scripts);
    await answered(officer.page, challenge, turn, name);
    await read(reader.page, challenge, turn, name);
    await kept(reader.page, turn, name);
    for (const visit of [owner, checker, publisher, reader, officer]) {
      visit.faults.none();
      await visit.close();
    }
  });
}

/** Warnings keep nothing out: they are looked at and confirmed. */
async function confirm(page) {
  if (await page.locator('#confirm').count()) {
    await page.check('#confirm', { force: true });
    await send(page, '#value');
  }
  assert.match(await text(page), /The return is filed/);
}

/** The owner files a figure with its evidence, a wrong one first. The path of the return. */
async function filed(page, { period, csv }, name) {
  await page.goto(`${cairn.url}/desk`);
  assert.match(page.url(), /\/desk\/track$/);
  assert.match(await text(page), /You file for: Example Harbour Council/);
  await look(page, `${name}-list`);
  await page.locator(`main a[href="${PLAN}"]`).first().click();
  await look(page, `${name}-owner`);
  await page.locator(`main a[href^="${PLAN}/returns/new"]`).first().click();
  if (!(await page.locator('#value').count())) {
    await look(page, `${name}-choose`);
    await page.getByRole('link', { name: 'Days from notice to mended' }).click();
  }
  await page.fill('#period', period);
  await page.fill('#value', 'nineteen');
  await page.fill('#source', BOOK);
  await page.fill('#publisher', 'Example Harbour Council');
  await page.fill('#published', '2026-08');
  await page.fill('#url', BOOK_URL);
  await page.setInputFiles('#file', { name: 'book.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.check('#publish', { force: true });
  await send(page, '#value');
  // The finding stands at its field, linked from the top, and nothing is lost.
  assert.equal(await page.locator('.error-summary a[href="#value"]').count(), 1, await text(page));
  assert.equal(await page.inputValue('#value'), 'nineteen');
  assert.equal(await page.inputValue('#url'), BOOK_URL);
  assert.match(await text(page), /book\.csv/);
  await look(page, `${name}-fault`);
  await page.fill('#value', '91');
  await send(page, '#value');
  await confirm(page);
  await look(page, `${name}-filed`);
  return new URL(page.url()).pathname;
}

/** Another role looks at it, and sends it back with a reason. */
async function sentBack(page, path, name) {
  await page.goto(cairn.url + PLAN);
  await page.locator(`main a[href="${path}"]`).first().click();
  assert.match(await text(page), /91/);
  await look(page, `${name}-check`);
  await page.fill('#reason', 'The book says another number. Are the figures the right way round?');
  await send(page, '#reason');
  assert.match(await text(page), /Sent back/);
}

/** The owner files the correction. Its path. */
async function corrected(page, first, { value }) {
  await page.goto(cairn.url + PLAN);
  assert.match(await text(page), /Sent back to you to correct/);
  await page.locator(`main a[href="${first}"]`).first().click();
  assert.match(await text(page), /the right way round/);
  await page.getByRole('link', { name: 'File a correction' }).click();
  assert.equal(await page.inputValue('#value'), '91');
  await page.fill('#value', value);
  await send(page, '#value');
  await confirm(page);
  const second = new URL(page.url()).pathname;
  assert.notEqual(second, first);
  return second;
}

/** The correction is accepted, and stands in the preview. */
async function accepted(page, path, { value }, name) {
  await page.goto(cairn.url + PLAN);
  await page.locator(`main a[href="${path}"]`).first().click();
  await page.getByRole('button', { name: 'Accept into the working copy' }).click();
  assert.match(await text(page), /Accepted/);
  await page.goto(`${cairn.url}${PLAN}/preview/m/days.html`);
  assert.match(await text(page), /Draft: this is the working copy/);
  assert.ok((await page.innerText('.headline')).includes(value));
  await look(page, `${name}-preview`);
}

/** Nobody sees it before it is published. */
async function notYet({ no, value, before }) {
  const { page, close } = await cairn.open({ scripts: false });
  await page.goto(`${cairn.url}${SITE}m/days.html`);
  assert.ok((await page.innerText('.headline')).includes(before));
  assert.ok(!(await page.content()).includes(value), 'not before it is published');
  const state = await page.innerText('footer');
  assert.match(state, no === 1 ? /draft: it may still change/ : /final: it stays as it is/);
  await close();
}

/** Both roles sign, one after the other; the publisher freezes the edition and publishes it. */
async function published(checker, publisher, { no }, name) {
  await checker.goto(`${cairn.url}${PLAN}/publish`);
  assert.match(await text(checker), /Days from notice to mended/);
  await look(checker, `${name}-sign`);
  await checker.getByRole('button', { name: 'Sign off' }).click();
  assert.match(await text(checker), /You have signed off/);
  await publisher.goto(cairn.url + PLAN);
  await look(publisher, `${name}-agenda`);
  await publisher.locator(`main a[href="${PLAN}/publish"]`).first().click();
  const publish = publisher.getByRole('button', { name: 'Publish', exact: true });
  assert.equal(await publish.count(), 0, 'not with one signature');
  await publisher.getByRole('button', { name: 'Sign off' }).click();
  await look(publisher, `${name}-publish`);
  await publish.click();
  assert.match(await text(publisher), /It is published/);
  assert.match(await text(publisher), new RegExp(`Held against version ${no}\\.`));
  await look(publisher, `${name}-published`);
}

/** A quarter as pages write it. */
const quarter = (period) => period.replace('Q', '\u00a0Q');

/** A reader comes to the plan's front page, and by its links to the measure. */
async function found(page, { lang, period, value }, name) {
  await page.goto(`${cairn.url}/track`);
  await page.locator('main a[href^="/track/example-harbour/"]').first().click();
  assert.equal(await page.locator('html').getAttribute('lang'), lang);
  assert.match(await page.innerText('footer'), lang === 'en' ? /final: it stays as it is/ : /putanga whakamutunga: e kore e panonitia/);
  const row = page.locator('main .row', { has: page.locator('a[href="m/days.html"]') }).first();
  assert.match(await row.innerText(), new RegExp(`${value.replace('.', '\\.')}\\s[^]*${quarter(period)}`));
  await row.locator('a').first().click();
  assert.match(new URL(page.url()).pathname, /\/m\/days\.html$/);
  const headline = await page.innerText('.headline');
  assert.ok(headline.includes(value) && headline.includes(quarter(period)), headline);
  await look(page, `${name}-figure`);
}

/** From the figure to the row that it comes from, to what is said of its source, to the evidence itself, and to the file. */
async function followed(page, { period, value, csv }, name) {
  const row = page.locator('#values ~ * tr, #values tr', { has: page.locator(`th:text-is("${quarter(period)}")`) });
  assert.equal((await row.locator('td').first().innerText()).trim(), value);
  await row.locator('a[href*="sources.html#"]').click();
  const source = page.locator('.sources li:target');
  assert.match(await source.innerText(), new RegExp(BOOK.replace(/[()]/g, '\\$&')));
  assert.equal(await source.locator('a').first().getAttribute('href'), BOOK_URL);
  await look(page, `${name}-source`);
  // The file that shows it stands beside it, with the digest under which the office has it.
  const digest = createHash('sha256').update(csv).digest('hex');
  const evidence = page.locator('.sources li', { hasText: digest });
  const book = await download(page, evidence.locator(`a[href$="${SITE}evidence/${digest}"]`));
  assert.deepEqual(book, { name: 'book.csv', text: csv });
  const answer = await page.request.get(`${cairn.url}${SITE}evidence/${digest}`);
  assert.match(answer.headers()['content-security-policy'], /sandbox/);

  await page.goBack();
  const place = row.locator('a[href$="data/days.csv"]');
  const line = Number(await place.innerText());
  const data = await download(page, place);
  const told = data.text.split('\n')[line - 1];
  assert.match(told, new RegExp(`^${period},${value.replace('.', '\\.')},.*return-\\d+`), data.text);
  const whole = await download(page, page.locator('#download ~ ul a[href$="days.csv"]'));
  assert.equal(whole.text, data.text);
}

/** The reader doubts it, keeps the receipt, and sees that it is not answered. The challenge's number and path. */
async function challenged(page, { lang, scripts, value }, name) {
  const english = lang === 'en';
  await page.locator('main a[href*="/challenge?"]').click();
  assert.equal(await page.locator('html').getAttribute('lang'), lang);
  await keyboardVisible(page);
  await look(page, `${name}-form`);
  // An error, and nothing typed is lost.
  await page.fill('#link', 'stats.example');
  await page.fill('#right', 'It should be 17.1 & no other.');
  await page.fill('#email', 'reader@reader.example');
  await send(page, '#wrong');
  await page.waitForSelector('.error-summary');
  if (scripts) assert.equal((await focused(page))?.tag, 'div', 'the summary has the focus');
  assert.deepEqual(await page.locator('.error-summary a').evaluateAll((all) => all.map((a) => a.hash)), ['#wrong', '#link']);
  assert.equal(await page.inputValue('#right'), 'It should be 17.1 & no other.');
  assert.equal(await page.inputValue('#email'), 'reader@reader.example');
  await look(page, `${name}-form-fault`);
  await page.locator('.error-summary a[href="#wrong"]').click();
  assert.equal((await focused(page))?.id, 'wrong');
  await page.fill('#wrong', `Nobody counted ${value} days, says a reader at https://evil.example/x.`);
  await page.fill('#link', 'https://stats.example/table');
  await send(page, '#wrong');
  await page.waitForURL('**/challenge/sent');
  await look(page, `${name}-sent`);

  // The receipt holds, by the program alone.
  const waits = page.waitForEvent('download');
  await page.locator('a[href$="/challenge/receipt"]').click();
  const file = join(cairn.data, `receipt-${lang}.tlog-proof`);
  await (await waits).saveAs(file);
  const { stdout } = await run(process.env.CAIRN_BIN, ['receipt', 'verify', file, '--data', join(cairn.data, 'data')]);
  assert.match(stdout, /The receipt holds\.[\s\S]*C-\d+/);
  assert.match(stdout, /challenge_received/);
  assert.ok(!stdout.includes('Nobody counted'), 'the receipt does not tell the words');
  const no = /C-(\d+)/.exec(stdout)[1];
  const path = `${SITE}challenges/${no}`;

  // In public: that there is one, and not yet what it says.
  await page.locator(`a[href="${path}"]`).click();
  const open = await text(page);
  assert.match(open, english ? /Not answered/ : /Kāore anō kia whakautua/);
  assert.match(open, english ? /not shown yet/ : /Kāore anō ngā kupu .* kia whakaaturia/);
  assert.ok(!open.includes('Nobody counted') && !open.includes('17.1'), open);
  await look(page, `${name}-open`);
  return { no, path };
}

/** The office answers, in the reader's language. */
async function answered(page, { no }, { lang }, name) {
  await page.goto(`${cairn.url}/desk/challenges?lang=${lang}`);
  await look(page, `${name}-desk-queue`);
  await page.locator(`main a[href="/desk/challenges/${no}"]`).click();
  assert.ok((await text(page)).includes('hxxps://evil[.]example/x'), 'links are defanged');
  await look(page, `${name}-desk-one`);
  await page.locator('main form:has(#en) [value=upheld]').check({ force: true });
  await page.fill(`#${lang}`, `So it is, for the ${lang} reader.\n\nIt will be restated.`);
  await page.fill('#link', `${SITE}changes.html`);
  await page.locator('main form:has(#en) button').click();
  await page.waitForURL(`**/desk/challenges/${no}`);
  assert.ok((await text(page)).includes(`So it is, for the ${lang} reader.`));
  await look(page, `${name}-desk-answered`);
}

/** The reader comes back to the challenge, and once more by way of the figure's own page. */
async function read(page, { path }, { lang, value }, name) {
  const answer = async () => {
    assert.equal(new URL(page.url()).pathname, path);
    const said = await text(page);
    assert.ok(said.includes(`So it is, for the ${lang} reader.`) && said.includes('It will be restated.'), said);
    assert.ok(said.includes(`Nobody counted ${value} days`), said);
    assert.ok(said.includes('hxxps://evil[.]example/x') && said.includes('hxxps://stats[.]example/table'));
    assert.ok(!said.includes('reader@reader.example') && !said.includes('Leilani'));
    assert.equal(await page.locator('main a[href*="stats.example"], main a[href*="evil.example"]').count(), 0);
  };
  await page.reload();
  await answer();
  await page.locator('main dl a[href$="/m/days.html"]').click();
  assert.ok((await page.innerText('.headline')).includes(value));
  assert.equal(await page.locator('html').getAttribute('lang'), lang);
  await page.locator('main a[href*="/challenges/?figure=days"]').click();
  const listed = page.locator('main li', { has: page.locator(`a[href="${path}"]`) });
  assert.match(await listed.innerText(), lang === 'en' ? /Answered/ : /Kua whakautua/);
  await look(page, `${name}-challenges`);
  await listed.locator(`a[href="${path}"]`).click();
  await answer();
  await look(page, `${name}-answered`);
  // The office typed the English address; the reader is led to the same page in their own language.
  const changes = `${SITE}${lang === 'mi' ? 'mi/' : ''}changes.html`;
  await page.locator(`main a[href="${changes}"]`).click();
  assert.equal(new URL(page.url()).pathname, changes);
}

/** From any page of the plan to all that was published: this version with its two signatures, and the whole of it to take. */
async function kept(page, { no, lang }, name) {
  await page.locator(`footer a[href^="${SITE}versions/"]`).click();
  const newest = page.locator('main section').first();
  const says = await newest.innerText();
  const words = lang === 'mi' ? ['Putanga', 'Kaitatauranga', 'Kaiwhakaputa'] : ['Version', 'Statistician', 'Publisher'];
  assert.match(says, new RegExp(`^${words[0]} ${no}\\b[^]*${words[1]}, [^]*${words[2]}, `));
  assert.equal(await page.locator('main section').count(), no);
  await look(page, `${name}-versions`);
  await keyboardVisible(page);
  const bundle = await newest.locator('a[href$="bundle.zip"]').getAttribute('href');
  const zip = await page.request.get(cairn.url + bundle);
  assert.equal(zip.headers()['content-type'], 'application/zip');
  assert.equal((await zip.body()).subarray(0, 2).toString(), 'PK');
}
