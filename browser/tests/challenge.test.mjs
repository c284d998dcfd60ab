// A figure is challenged by a reader and answered by the office: with scripts and without, in both languages, on a phone, and
// by keyboard alone.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { DESKTOP, PHONE, shot } from '../lib/browser.mjs';
import { accessible, fits, focused, keyboardVisible, tabTo } from '../lib/checks.mjs';
import { person, signIn } from '../lib/people.mjs';
import { world } from '../lib/world.mjs';

const run = promisify(execFile);
const cairn = world();
const PLAN = '/track/nz-digital/';
/** The lead, signed in once: each code serves once. */
let desk;

async function lead() {
  if (!desk) {
    desk = await cairn.open({});
    await signIn(desk.page, cairn.url, person(cairn.lines, 'leilani'));
  }
  return desk;
}

async function look(page, name) {
  const before = page.viewportSize();
  for (const viewport of [PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await fits(page);
    await shot(page, `challenge-${name}-${viewport.width}`);
  }
  await accessible(page);
  await page.setViewportSize(before);
}

const text = async (page) => (await page.innerText('main')).replace(/\s+/g, ' ');
const send = (page) => page.locator('main form button').first().click();

for (const [lang, scripts] of [['en', true], ['mi', false]]) {
  test(`a reader challenges a figure, and reads the answer beside it (${lang}, scripts ${scripts ? 'on' : 'off'})`, async () => {
    const { page, faults, close } = await cairn.open({ scripts, lang, viewport: PHONE });
    const measure = `${cairn.url}${PLAN}${lang === 'mi' ? 'mi/' : ''}m/m2.html`;
    const words = `The value of 2021 is not the published one, says the ${lang} reader at https://evil.example/x.`;
    await page.goto(measure);
    await page.locator('a[href*="/challenge?"]').click();
    assert.equal(await page.locator('html').getAttribute('lang'), lang);
    await keyboardVisible(page);
    await look(page, `form-${lang}`);

    // An error, and nothing typed is lost.
    await page.fill('#link', 'stats.example');
    await page.fill('#right', 'It should be 17.1 & no other.');
    await page.fill('#email', 'reader@reader.example');
    await send(page);
    await page.waitForSelector('.error-summary');
    assert.equal((await focused(page))?.tag, 'div', 'the summary has the focus');
    assert.deepEqual(await page.locator('.error-summary a').evaluateAll((all) => all.map((a) => a.hash)), ['#wrong', '#link']);
    assert.equal(await page.inputValue('#right'), 'It should be 17.1 & no other.');
    assert.equal(await page.inputValue('#email'), 'reader@reader.example');
    await look(page, `fault-${lang}`);
    await page.locator('.error-summary a[href="#wrong"]').click();
    assert.equal((await focused(page))?.id, 'wrong');
    await page.fill('#wrong', words);
    await page.fill('#link', 'https://stats.example/table');
    await send(page);
    await page.waitForURL('**/challenge/sent');
    await look(page, `sent-${lang}`);

    // The receipt holds, by the program alone.
    const waits = page.waitForEvent('download');
    await page.locator('a[href$="/challenge/receipt"]').click();
    const file = join(cairn.data, `receipt-${lang}.tlog-proof`);
    await (await waits).saveAs(file);
    const { stdout } = await run(process.env.CAIRN_BIN, ['receipt', 'verify', file, '--data', join(cairn.data, 'data')]);
    assert.match(stdout, /The receipt holds\.[\s\S]*C-\d+/);
    const reference = /C-\d+/.exec(stdout)[0];
    assert.match(stdout, /challenge_received/);
    assert.ok(!stdout.includes('2021'), 'the receipt does not tell the words');

    // In public: that there is one, and not yet what it says.
    const path = `${PLAN}challenges/${reference.slice(2)}`;
    await page.locator(`a[href="${path}"]`).click();
    const open = await text(page);
    assert.match(open, lang === 'en' ? /Not answered/ : /Kāore anō kia whakautua/);
    assert.match(open, lang === 'en' ? /not shown yet/ : /Kāore anō ngā kupu .* kia whakaaturia/);
    assert.ok(!open.includes('2021') && !open.includes('17.1'), open);
    await look(page, `open-${lang}`);

    const officer = await lead();
    await officer.page.goto(`${cairn.url}/desk/challenges?lang=${lang}`);
    await look(officer.page, `desk-queue-${lang}`);
    await officer.page.locator(`main a[href="/desk/challenges/${reference.slice(2)}"]`).click();
    assert.ok((await text(officer.page)).includes('hxxps://evil[.]example/x'), 'links are defanged');
    await look(officer.page, `desk-one-${lang}`);
    await officer.page.locator('main form:has(#en) [value=upheld]').check({ force: true });
    await officer.page.fill(`#${lang}`, `So it is, for the ${lang} reader.\n\nIt will be restated.`);
    await officer.page.fill('#link', `${PLAN}changes.html`);
    await officer.page.locator('main form:has(#en) button').click();
    await officer.page.waitForURL(`**/desk/challenges/${reference.slice(2)}`);
    assert.ok((await text(officer.page)).includes(`So it is, for the ${lang} reader.`));
    await look(officer.page, `desk-answered-${lang}`);

    // From the measure's page to the answer.
    await page.goto(measure);
    await page.locator('a[href*="/challenges/?figure=m2"]').click();
    await look(page, `list-${lang}`);
    await page.locator(`a[href="${path}"]`).click();
    const answered = await text(page);
    assert.ok(answered.includes(`So it is, for the ${lang} reader.`) && answered.includes('It will be restated.'), answered);
    assert.ok(answered.includes('hxxps://evil[.]example/x') && answered.includes('hxxps://stats[.]example/table'));
    assert.ok(!answered.includes('reader@reader.example') && !answered.includes('Leilani'));
    assert.equal(await page.locator('main a[href*="stats.example"], main a[href*="evil.example"]').count(), 0);
    await look(page, `answered-${lang}`);
    await page.locator(`main a[href="${PLAN}changes.html"]`).click();
    assert.equal(new URL(page.url()).pathname, `${PLAN}changes.html`);
    faults.none(lang);
    officer.faults.none(`desk ${lang}`);
    await close();
  });
}

test('a goal is challenged from a list, by keyboard alone', async () => {
  const { page, faults, close } = await cairn.open({ viewport: PHONE });
  await page.goto(`${cairn.url}${PLAN}g/g2.html`);
  await tabTo(page, 'a[href*="figure=g%2Fg2"][href*="/challenge?"]');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/challenge?**');
  assert.match(await text(page), /You challenge: Goal/);
  await tabTo(page, `main a[href="${PLAN}challenge"]`);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#figure');
  await look(page, 'choose');
  await tabTo(page, '#figure');
  await page.keyboard.type('Goal');
  await tabTo(page, '#wrong');
  await page.keyboard.type('Nothing of it can be measured.');
  await tabTo(page, 'main form button');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/challenge/sent');
  await page.goto(`${cairn.url}${PLAN}challenges/`);
  assert.match(await text(page), /C-\d+: .* Not answered/);
  faults.none();
  await close();
});

test('the example has one that is answered and one that is not, and machines read the same', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await page.goto(`${cairn.url}${PLAN}challenges/1`);
  assert.match(await text(page), /Upheld in part.*first year for which the figure was collected/);
  await page.goto(`${cairn.url}${PLAN}challenges/2`);
  assert.match(await text(page), /not shown yet/);
  await look(page, 'example-open');
  const json = await (await page.request.get(`${cairn.url}${PLAN}challenges.json`)).json();
  const [first, second] = [1, 2].map((no) => json.challenges.find(({ reference }) => reference === `C-${no}`));
  assert.deepEqual([first.outcome, first.words, second.outcome, second.words, second.wrong], ['partly', 'shown', null, 'hidden', null]);
  const atom = await page.request.get(`${cairn.url}${PLAN}challenges.atom`);
  assert.match(atom.headers()['content-type'], /^application\/atom\+xml/);
  // On a page without the program's policy, which keeps pages from parsing anything.
  await page.goto('about:blank');
  const entries = await page.evaluate((xml) => {
    const feed = new DOMParser().parseFromString(xml, 'text/xml');
    return feed.querySelector('parsererror') ? -1 : feed.querySelectorAll('entry > updated').length;
  }, await atom.text());
  assert.equal(entries, json.challenges.length);
  faults.none();
  await close();
});
