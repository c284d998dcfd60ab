// One thing done to many reports: with scripts off, by keys alone, with a second officer; before, after and restored.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyboardVisible, tabTo } from '../lib/checks.mjs';
import { person, signIn } from '../lib/people.mjs';
import { at, look, visitAll } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const OPEN = '/desk?q=state%3Aopen%2Cwaiting';

/** What lists show of reports, by reference. */
async function rows(page, references) {
  const found = new Map();
  for (const reference of references) {
    await page.goto(`${cairn.url}/desk?q=${reference}`);
    const cells = await page.locator('[data-row] td').allInnerTexts();
    found.set(reference, [cells[0], cells[1]].join(' | '));
  }
  return found;
}

/** References of the first rows of a list. */
const listed = (page, count) => page.locator('[data-row] th a').evaluateAll((all, most) => all.slice(0, most).map((a) => a.textContent), count);

test('choosing, deciding and undoing with scripts off, in both languages', async () => {
  const { page, faults, close } = await at(cairn, 'leilani', false);
  await visitAll(cairn, page, ['/desk/bulk', '/desk/keyboard'], 'bulk');
  for (const lang of ['mi', 'en']) {
    await page.goto(`${cairn.url}${OPEN}&lang=${lang}`);
    for (let row = 0; row < 3; row += 1) await page.locator('[data-row] input[name=report]').nth(row).check({ force: true });
    await page.locator('.bulk button').first().click();
    assert.equal(await page.locator('html').getAttribute('lang'), lang);
    await page.evaluate(() => document.querySelectorAll('main details').forEach((one) => { one.open = true; }));
    await look(page, `bulk-choose-${lang}`);
  }
  await keyboardVisible(page);
  // Nothing chosen is no dead end, and nothing to do says so and keeps what was typed.
  await page.goto(cairn.url + OPEN);
  await page.locator('.bulk button').first().click();
  assert.match(await page.innerText('main'), /No report was chosen/);
  await look(page, 'bulk-none');
  await page.goto(cairn.url + OPEN);
  const references = await listed(page, 3);
  const before = await rows(page, references);
  await page.goto(cairn.url + OPEN);
  for (const reference of references) await page.locator(`[data-row]:has(a[href$="${reference}"]) input[name=report]`).check({ force: true });
  await page.locator('.bulk button').first().click();
  await page.locator('form[action="/desk/bulk/do"] button').click();
  assert.ok(await page.locator('.error-summary a[href="#category"]').count());
  await page.selectOption('#category', 'ransomware');
  await page.selectOption('#severity', '2');
  await page.selectOption('#outcome', { index: 1 });
  await page.fill('#reply-en', 'Thank you for telling us. This is the example answer to three.');
  await page.locator('form[action="/desk/bulk/do"] button').click();
  assert.match(await page.locator('h1').innerText(), /^Selection \d+$/);
  const own = page.url();
  await look(page, 'bulk-done');
  const during = await rows(page, references);
  for (const [reference, said] of during) assert.match(said, /Ransomware.*2 .*Closed/s, reference);
  await page.goto(own);
  await page.locator('form[action$="/undo"] button').click();
  assert.match(await page.innerText('main'), /Taken back/);
  assert.deepEqual(await rows(page, references), before);
  faults.none();
  await close();
});

test('by keys alone: move, choose, decide, undo; and keys are the officer\'s own', async () => {
  const { page, faults, close } = await at(cairn, 'hana', true);
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const arrive = (doing) => Promise.all([page.waitForNavigation(), doing()]);
  await page.goto(cairn.url + OPEN);
  const references = await listed(page, 2);
  const before = await rows(page, references);
  await page.goto(cairn.url + OPEN);
  await press('j', 'x', 'j', 'x');
  assert.equal(await page.locator('[data-row] input:checked').count(), 2);
  // In a field a key is a letter, until Escape.
  await press('/');
  await page.keyboard.type('jx');
  assert.match(await page.inputValue('#q'), /^jx$/);
  await press('Escape');
  await arrive(() => press('s'));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'severity');
  await page.keyboard.type('1');
  assert.equal(await page.inputValue('#severity'), '1');
  await arrive(() => press('Control+Enter'));
  assert.match(await page.innerText('main'), /Done/);
  const during = await rows(page, references);
  for (const [reference, said] of during) assert.match(said, /\n?1 /, reference);
  await arrive(() => press('g', 'b'));
  assert.equal(new URL(page.url()).pathname, '/desk/bulk');
  await press('j');
  await arrive(() => press('o'));
  await arrive(() => press('u'));
  assert.deepEqual(await rows(page, references), before);

  // Other keys, and none.
  await arrive(() => press('?'));
  assert.equal(new URL(page.url()).pathname, '/desk/keyboard');
  await page.locator('main summary').focus();
  await press('Enter');
  await page.fill('#key-next', 'k');
  await arrive(() => press('Control+Enter'));
  assert.ok(await page.locator('.error-summary a[href="#key-next"]').count());
  assert.equal(await page.inputValue('#key-next'), 'k', 'what was typed is kept');
  await look(page, 'keyboard-fault');
  await page.fill('#key-next', 'w');
  await arrive(() => press('Control+Enter'));
  await page.goto(cairn.url + OPEN);
  await press('j', 'w', 'w');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), references[1]);
  await page.goto(`${cairn.url}/desk/keyboard`);
  await page.locator('main summary').click();
  await page.locator('#off').check({ force: true });
  await arrive(() => page.locator('form[action="/desk/keyboard"] button').first().click());
  await page.goto(cairn.url + OPEN);
  await press('w', 'x');
  assert.equal(await page.locator('[data-row] input:checked').count(), 0);
  faults.none();
  await close();
});

test('words to many wait for a second officer', async () => {
  const hana = await at(cairn, 'hana', false);
  const page = hana.page;
  await page.goto(`${cairn.url}/desk`);
  await page.locator('.bulk button[name=all]').click();
  await page.fill('#reply-en', 'The example words to many.');
  await page.locator('form[action="/desk/bulk/do"] button').click();
  assert.match(await page.innerText('main'), /Waits for a second officer/);
  assert.equal(await page.locator('form[action$="/agree"]').count(), 0, 'not by who asked');
  const own = page.url();
  const matiu = await at(cairn, 'matiu', false);
  await matiu.page.goto(`${cairn.url}/desk`);
  await matiu.page.locator('section[aria-labelledby=bulk-asked] a').click();
  assert.equal(matiu.page.url(), own);
  assert.match(await matiu.page.innerText('main'), /The example words to many/);
  await look(matiu.page, 'bulk-asked');
  // Declined: nobody is written to, and the reports stay as they were.
  await tabTo(matiu.page, 'form[action$="/decline"] button');
  await Promise.all([matiu.page.waitForNavigation(), matiu.page.keyboard.press('Enter')]);
  assert.match(await matiu.page.innerText('main'), /Declined.*Waits for its turn/s);
  hana.faults.none();
  matiu.faults.none();
  await hana.close();
  await matiu.close();
});

test('the pages in the dark', async () => {
  const { page, faults, close } = await cairn.open({ colours: 'dark' });
  await signIn(page, cairn.url, person(cairn.lines, 'ruth'));
  for (const path of ['/desk/bulk', '/desk/keyboard', '/desk']) {
    await page.goto(cairn.url + path);
    await look(page, `bulk-dark${path.replaceAll('/', '-')}`);
  }
  assert.equal(await page.locator('.bulk').count(), 0, 'auditors choose nothing');
  faults.none();
  await close();
});
