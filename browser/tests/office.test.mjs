// The strategy office in a real browser: a return from its filing to the public page, with scripts and without.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, NARROW, PHONE, shot } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible } from '../lib/checks.mjs';
import { person, signIn } from '../lib/people.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const PLAN = '/desk/track/example-harbour';
const SITE = '/track/example-harbour';
const COUNCIL = 'Example Harbour Council (fictional)';
/** What the figure is filed with, without scripts and with them: each its own quarter, one after the other. */
const TURNS = [
  { scripts: false, period: '2026Q1', value: '19.4', lang: 'en' },
  { scripts: true, period: '2026Q2', value: '17.2', lang: 'en' },
];

/** Looks at the page as it is at each width. */
async function look(page, name) {
  for (const viewport of [NARROW, PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await fits(page);
    if (viewport !== PHONE) await accessible(page);
    await shot(page, `${name}-${viewport.width}`);
  }
}

const send = (page, inside) => page.locator(`main form:has(${inside}) button`).last().click();

/** Somebody signed in, with a browser of their own. */
async function at(login, scripts) {
  const visit = await cairn.open({ scripts });
  await signIn(visit.page, cairn.url, person(cairn.lines, login));
  return visit;
}

for (const { scripts, period, value } of TURNS) {
  test(`a return goes its way to the public, scripts ${scripts ? 'on' : 'off'}`, async () => {
    const name = `office-${scripts ? 'scripts' : 'plain'}`;
    const owner = await at('mere', scripts);
    const { page } = owner;
    await page.goto(`${cairn.url}/desk`);
    assert.match(page.url(), /\/desk\/track$/);
    assert.match(await page.innerText('main'), /You file for: Example Harbour Council/);
    await look(page, `${name}-list`);
    await page.goto(cairn.url + PLAN);
    await look(page, `${name}-owner`);
    await page.goto(`${cairn.url}${PLAN}/returns/new`);
    await look(page, `${name}-choose`);
    await page.getByRole('link', { name: 'Days from notice to mended' }).click();
    await page.fill('#period', period);
    await page.fill('#value', 'nineteen');
    await page.fill('#source', 'Book of the help desk 2026 (fictional)');
    await page.fill('#publisher', 'Example Harbour Council');
    await page.fill('#published', '2026-08');
    await page.fill('#url', 'https://example.org/harbour/desk-2026');
    const csv = `quarter,days\n${period},${value}\n`;
    await page.setInputFiles('#file', { name: 'book.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.check('#publish', { force: true });
    await send(page, '#value');
    // The finding stands at its field, linked from the top, and nothing is lost.
    assert.equal(await page.locator('.error-summary a[href="#value"]').count(), 1, await page.innerText('main'));
    assert.equal(await page.inputValue('#value'), 'nineteen');
    assert.equal(await page.inputValue('#url'), 'https://example.org/harbour/desk-2026');
    assert.match(await page.innerText('main'), /book\.csv/);
    await look(page, `${name}-fault`);
    await page.fill('#value', '91');
    await send(page, '#value');
    await confirm(page);
    assert.match(await page.innerText('main'), /The return is filed/);
    await look(page, `${name}-filed`);
    const first = new URL(page.url()).pathname;

    const checker = await at('tama', scripts);
    await checker.page.goto(cairn.url + first);
    assert.match(await checker.page.innerText('main'), /91/);
    await look(checker.page, `${name}-check`);
    await checker.page.fill('#reason', 'The book says another number. Are the figures the right way round?');
    await send(checker.page, '#reason');
    assert.match(await checker.page.innerText('main'), /Sent back/);

    await page.goto(cairn.url + PLAN);
    assert.match(await page.innerText('main'), /Sent back to you to correct/);
    await page.goto(cairn.url + first);
    assert.match(await page.innerText('main'), /the right way round/);
    await page.getByRole('link', { name: 'File a correction' }).click();
    assert.equal(await page.inputValue('#value'), '91');
    await page.fill('#value', value);
    await send(page, '#value');
    await confirm(page);
    const second = new URL(page.url()).pathname;
    assert.notEqual(second, first);

    await checker.page.goto(cairn.url + second);
    await checker.page.getByRole('button', { name: 'Accept into the working copy' }).click();
    assert.match(await checker.page.innerText('main'), /Accepted/);
    await checker.page.goto(`${cairn.url}${PLAN}/preview/m/days.html`);
    assert.match(await checker.page.innerText('main'), /Draft: this is the working copy/);
    assert.ok((await checker.page.content()).includes(value));
    await look(checker.page, `${name}-preview`);
    await page.goto(`${cairn.url}${SITE}/m/days.html`);
    assert.ok(!(await page.content()).includes(value), 'not before it is published');

    await checker.page.goto(`${cairn.url}${PLAN}/publish`);
    assert.match(await checker.page.innerText('main'), /Days from notice to mended/);
    await look(checker.page, `${name}-sign`);
    await checker.page.getByRole('button', { name: 'Sign off' }).click();
    assert.match(await checker.page.innerText('main'), /You have signed off/);
    const publisher = await at('ngaire', scripts);
    await publisher.page.goto(`${cairn.url}${PLAN}`);
    await look(publisher.page, `${name}-agenda`);
    await publisher.page.goto(`${cairn.url}${PLAN}/publish`);
    assert.equal(await publisher.page.getByRole('button', { name: 'Publish', exact: true }).count(), 0);
    await publisher.page.getByRole('button', { name: 'Sign off' }).click();
    await look(publisher.page, `${name}-publish`);
    await publisher.page.getByRole('button', { name: 'Publish', exact: true }).click();
    assert.match(await publisher.page.innerText('main'), /It is published/);
    await look(publisher.page, `${name}-published`);

    await seenByAll(scripts, { period, value, csv, name });
    for (const visit of [owner, checker, publisher]) {
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
}

/** What everybody sees: the figure with its source, the data, the versions and the file. */
async function seenByAll(scripts, { period, value, csv, name }) {
  const { page, faults, close } = await cairn.open({ scripts });
  await page.goto(`${cairn.url}${SITE}/m/days.html`);
  const text = await page.innerText('main');
  assert.ok(text.includes(period) && text.includes(value), text);
  await look(page, `${name}-public`);
  const data = await page.locator('a[href$=".csv"]').first().getAttribute('href');
  const rows = await (await page.request.get(new URL(data, page.url()).href)).text();
  const row = rows.split('\n').find((line) => line.startsWith(`${period},`));
  assert.match(row, new RegExp(`${value.replace('.', '\\.')},.*return-\\d+`), rows);
  await page.goto(`${cairn.url}${SITE}/sources.html`);
  assert.match(await page.innerText('main'), /Book of the help desk 2026/);
  await page.goto(`${cairn.url}/track`);
  await page.getByRole('link', { name: 'Published versions' }).first().click();
  assert.match(await page.innerText('main'), /Version 1/);
  await look(page, `${name}-versions`);
  await keyboardVisible(page);
  const bundle = await page.locator('a[href$="bundle.zip"]').first().getAttribute('href');
  const zip = await page.request.get(cairn.url + bundle);
  assert.equal(zip.headers()['content-type'], 'application/zip');
  assert.equal((await zip.body()).subarray(0, 2).toString(), 'PK');
  const { createHash } = await import('node:crypto');
  const digest = createHash('sha256').update(csv).digest('hex');
  const file = await page.request.get(`${cairn.url}${SITE}/evidence/${digest}`);
  assert.equal(await file.text(), csv);
  assert.match(file.headers()['content-disposition'], /^attachment; filename="book\.csv"/);
  assert.match(file.headers()['content-security-policy'], /sandbox/);
  faults.none();
  await close();
}

test('every page of the office is whole in te reo Māori, on a small screen', async () => {
  for (const [login, paths] of [
    ['mere', ['/desk/track', PLAN, `${PLAN}/returns/new`, `${PLAN}/returns/new?item=measure%3Apeople-helped`, `${PLAN}/returns/1`]],
    ['ngaire', [PLAN, `${PLAN}/publish`, `${PLAN}/seats`]],
    ['piri', ['/desk/track', `${PLAN}/dissent`]],
  ]) {
    const { page, faults, close } = await at(login, false);
    await page.setViewportSize(NARROW);
    for (const path of paths) {
      const address = new URL(path, cairn.url);
      address.searchParams.set('lang', 'mi');
      const answer = await page.goto(address.href);
      assert.equal(answer.status(), 200, path);
      assert.equal(await page.locator('html').getAttribute('lang'), 'mi', path);
      await fits(page);
      await accessible(page);
      await shot(page, `office-mi-${login}${path.replaceAll(/[^a-z]+/g, '-')}`);
    }
    await keyboardVisible(page);
    faults.none(login);
    await close();
  }
});

test('a publisher gives a seat, and a reviewer dissents', async () => {
  const { page, faults, close } = await at('ngaire', false);
  await page.goto(`${cairn.url}${PLAN}/seats`);
  await page.selectOption('#login', 'mere');
  await page.selectOption('#owner', COUNCIL);
  await page.fill('#mail', 'not an address');
  await send(page, '#mail');
  assert.equal(await page.locator('.error-summary a[href="#mail"]').count(), 1, await page.innerText('main'));
  assert.equal(await page.inputValue('#mail'), 'not an address');
  await look(page, 'office-seats-fault');
  await page.fill('#mail', 'wharf@example.org');
  await send(page, '#mail');
  assert.match(await page.innerText('main'), /wharf@example\.org/);
  await look(page, 'office-seats');
  faults.none();
  await close();
  const reviewer = await at('piri', false);
  await reviewer.page.goto(`${cairn.url}${PLAN}/dissent`);
  await send(reviewer.page, '#text');
  assert.equal(await reviewer.page.locator('.error-summary a[href="#item"]').count(), 1);
  await look(reviewer.page, 'office-dissent');
  await reviewer.page.selectOption('#item', 'measure:email');
  await reviewer.page.fill('#text', 'Only domains that the council knows of are counted.');
  await send(reviewer.page, '#text');
  assert.match(await reviewer.page.innerText('main'), /Dissent/);
  await reviewer.page.goto(`${cairn.url}${PLAN}/preview/m/email.html`);
  assert.match(await reviewer.page.innerText('main'), /Only domains that the council knows of are counted\./);
  reviewer.faults.none();
  await reviewer.close();
});
