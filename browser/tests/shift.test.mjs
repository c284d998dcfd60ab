// The change of shifts: every page in both languages and at three widths with scripts off, on paper and in the dark; and a note that
// goes from one officer to the next by keyboard alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fits, keyboardVisible, tabTo } from '../lib/checks.mjs';
import { harmlessPage } from '../lib/look.mjs';
import { fitsPaper, onPaper } from '../lib/paper.mjs';
import { person, signIn } from '../lib/people.mjs';
import { at, download, look, text, visitAll } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';
import { payloads } from '../payloads.mjs';

const cairn = world();
const PAGE = '/desk/shift';

test('the page in both languages, with scripts off, and on paper', async () => {
  const { page, faults, close } = await at(cairn, 'leilani', false);
  await visitAll(cairn, page, [PAGE, `${PAGE}/notes`], 'shift');
  await keyboardVisible(page);
  await onPaper(page, cairn.url + PAGE);
  await fitsPaper(page);
  faults.none();
  await close();
});

test('the page in the dark', async () => {
  const { page, faults, close } = await cairn.open({ colours: 'dark' });
  await signIn(page, cairn.url, person(cairn.lines, 'ruth'));
  await page.goto(cairn.url + PAGE);
  assert.equal(await page.locator('main textarea').count(), 0, 'auditors read and write nothing');
  await look(page, 'shift-dark');
  faults.none();
  await close();
});

test('a note goes from one officer to the next, by keyboard alone', async () => {
  const hana = await at(cairn, 'hana', false);
  const page = hana.page;
  await page.goto(cairn.url + PAGE);
  // What the night left.
  const night = page.locator('article.note', { hasText: 'the provider answered' });
  assert.match(await night.innerText(), /New to you/);
  assert.ok(await night.locator('a[href="/desk/cases/1"]').count());
  const report = night.locator('a[href^="/desk/reports/"]');
  assert.match(await report.innerText(), /^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]$/);
  assert.doesNotMatch(await night.innerText(), /https:\/\//);
  const read = await night.locator('form[action$="/read"]').getAttribute('action');
  await tabTo(page, `form[action="${read}"] button`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await night.innerText(), /Read by.*Hana Example/s);

  // Nothing is written without words, and what is typed is kept.
  await tabTo(page, `form[action="${PAGE}"] button`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.ok(await page.locator('.error-summary a[href="#note"]').count());
  await look(page, 'shift-fault');
  await tabTo(page, '#note');
  await page.keyboard.type('The example note of this test. See case 2.');
  await tabTo(page, `form[action="${PAGE}"] button`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  const own = page.locator('article.note', { hasText: 'The example note of this test' });
  assert.match(await own.innerText(), /Read by nobody yet/);
  assert.equal(await own.locator('form[action$="/read"]').count(), 0, 'it is her own');

  const matiu = await at(cairn, 'matiu', false);
  await matiu.page.goto(cairn.url + PAGE);
  const theirs = matiu.page.locator('article.note', { hasText: 'The example note of this test' });
  const take = await theirs.locator('form[action$="/read"]').getAttribute('action');
  await tabTo(matiu.page, `form[action="${take}"] button`);
  await Promise.all([matiu.page.waitForNavigation(), matiu.page.keyboard.press('Enter')]);
  assert.match(await theirs.innerText(), /Read by.*Matiu Example/s);
  assert.equal(await theirs.locator('summary').count(), 0, 'nobody corrects what another wrote');

  // The correction is a new note, and the old one stays.
  await page.reload();
  const no = take.split('/').at(-2);
  const fold = own.locator('summary', { hasText: `Correct note ${no}` });
  await fold.focus();
  await page.keyboard.press('Enter');
  await tabTo(page, `#note-${no}`);
  await page.keyboard.press('Control+A');
  await page.keyboard.type('The corrected note of this test.');
  await tabTo(page, `form[action$="/${no}/correct"] button`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await text(page), new RegExp(`The corrected note of this test\\..*Corrected by note`));
  hana.faults.none();
  matiu.faults.none();
  await hana.close();
  await matiu.close();
});

test('figures lead to what they count, and are taken out as files', async () => {
  const { page, faults, close } = await at(cairn, 'hana', true);
  await page.goto(cairn.url + PAGE);
  const count = async (link) => Number((await link.evaluate((a) => a.firstChild.textContent)).replaceAll(',', ''));
  const open = page.locator('a[href="/desk?q=assignee%3Anobody"]');
  const nobody = await count(open);
  await open.click();
  await page.waitForURL('**/desk?q=*');
  assert.equal(await page.locator('[data-row]').count(), Math.min(nobody, 50));
  await page.goto(cairn.url + PAGE);
  const cells = await page.locator('#ages ~ div td a[href*="severity"]').evaluateAll((all) => all.map((a) => [a.href, a.firstChild.textContent]));
  assert.ok(cells.length > 3);
  for (const [href, said] of cells.slice(0, 6)) {
    await page.goto(href);
    assert.equal(await page.locator('[data-row]').count(), Math.min(Number(said.replaceAll(',', '')), 50), href);
  }
  await page.goto(cairn.url + PAGE);
  const csv = await download(page, page.locator('main a[href="/desk/shift.csv"]'));
  assert.match(csv.name, /^shift-\d{4}-\d\d-\d\d\.csv$/);
  assert.ok(csv.text.includes(`load,nobody,open_reports,${nobody},`), csv.text);
  const json = await download(page, page.locator('main a[href="/desk/shift.json"]'));
  assert.equal(JSON.parse(json.text).tables.load.nobody.open_reports, nobody);
  faults.none();
  await close();
});

/** Texts as they fit into notes. */
function notes(texts, most) {
  const out = [];
  for (const text of texts) {
    const last = out.at(-1);
    if (last !== undefined && last.length + text.length < most) out[out.length - 1] = `${last}\n${text}`;
    else if (text.length < most) out.push(text);
  }
  return out;
}

test('a note is text, whatever is written in it', async () => {
  const { page, faults, close } = await at(cairn, 'matiu', true);
  const texts = notes(payloads.map(({ text }) => text), 9_000);
  assert.ok(texts.length > 1);
  for (const text of texts) {
    await page.goto(cairn.url + PAGE);
    await page.fill('#note', text);
    await page.locator(`form[action="${PAGE}"] button`).click();
    await page.waitForURL('**#note-no-*');
    assert.equal(await page.locator('.error-summary').count(), 0);
  }
  for (const path of [PAGE, `${PAGE}/notes`]) {
    await page.goto(cairn.url + path);
    await harmlessPage(page, faults);
    await fits(page);
  }
  faults.none();
  await close();
});
