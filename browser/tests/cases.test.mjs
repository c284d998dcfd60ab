// Cases and clocks on the desk: every page in both languages and at three widths with scripts off, and the way of a case from a report
// to its archive, on which two people meet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, NARROW, PHONE, press as pressed, shot } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible, tabTo } from '../lib/checks.mjs';
import { at, look, text } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const form = (action) => `main form[action$="/${action}"]`;
const press = (page, action) => pressed(page, page.locator(`${form(action)} button`).last());

test('every page of cases and clocks, in both languages, with scripts off', async () => {
  const { page, faults, close } = await at(cairn, 'leilani', false);
  const paths = ['/desk/cases', '/desk/cases?state=all', '/desk/cases/1', '/desk/cases/1?rule=dora-initial', '/desk/cases/1/observables', '/desk/cases/2', '/desk/clocks'];
  for (const path of paths) {
    for (const lang of ['mi', 'en']) {
      const address = new URL(path, cairn.url);
      address.searchParams.set('lang', lang);
      const answer = await page.goto(address.href);
      assert.equal(answer.status(), 200, path);
      assert.equal(await page.locator('html').getAttribute('lang'), lang, path);
      // Everything that opens on demand is looked at open.
      await page.evaluate(() => document.querySelectorAll('main details').forEach((one) => { one.open = true; }));
      for (const viewport of [NARROW, PHONE, DESKTOP]) {
        await page.setViewportSize(viewport);
        await fits(page);
        if (viewport === (lang === 'mi' ? NARROW : DESKTOP)) await accessible(page);
        if (viewport !== NARROW) await shot(page, `cases${path.replaceAll(/[^a-z0-9]+/g, '-')}-${lang}-${viewport.width}`);
      }
    }
  }
  await keyboardVisible(page);
  faults.none();
  await close();
});

test('a case from a report to its archive, and two who work on it at once', async () => {
  const hana = await at(cairn, 'hana', false);
  const page = hana.page;
  await page.goto(`${cairn.url}/desk`);
  assert.match(await text(page), /Due next .*Case 1/);
  await shot(page, 'cases-queue-strip');
  await page.locator('[data-row] a').first().click();
  await page.locator('summary', { hasText: 'Open a case' }).click();
  await page.fill('#case-title', 'The example case of this test');
  await page.locator('main form:has(#case-title) button').click();
  await page.waitForURL('**/desk/cases/*');
  const address = page.url();
  assert.match(await text(page), /The example case of this test/);

  await page.selectOption('#severity', 'nz/C2');
  await press(page, 'severity');
  assert.match(await text(page), /NZ C2 Highly significant/);

  await page.selectOption('#rule', 'nis2-notification');
  await page.locator('main form:has(#rule) button').click();
  await page.locator(`${form('clock-start')} button`).click();
  assert.match(await text(page), /Running: in \d+ (h|days)/);
  await page.goto(`${cairn.url}/desk/clocks`);
  assert.match(await text(page), /art\. 23\(4\)\(b\)/);

  // Two at once: what was typed stands there, beside what the other did.
  const tui = await at(cairn, 'matiu', false);
  await tui.page.goto(address);
  await page.goto(address);
  await page.locator('summary', { hasText: 'Change the title' }).click();
  await page.fill('#title', 'As Hana calls it');
  await press(page, 'title');
  const second = await tui.page.context().newPage();
  await second.goto(address);
  await second.fill('#note', 'A note by the other one.');
  await press(second, 'note');
  await second.close();
  await tui.page.locator('summary', { hasText: 'Change the title' }).click();
  await tui.page.fill('#title', 'As Matiu calls it');
  await press(tui.page, 'title');
  assert.match(await text(tui.page), /Somebody else was here meanwhile.*Title changed/);
  assert.equal(await tui.page.inputValue('#title'), 'As Matiu calls it');
  await look(tui.page, 'cases-conflict');
  await press(tui.page, 'title');
  assert.match(await text(tui.page), /As Matiu calls it.*A note by the other one\./);

  // By keyboard alone.
  await page.goto(address);
  await tabTo(page, '#note');
  await page.keyboard.type('Written without a mouse.');
  await tabTo(page, `${form('note')} button`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await text(page), /Written without a mouse\./);
  const waits = page.waitForEvent('download');
  await page.locator(`${form('archive')} button`).last().click();
  assert.match((await waits).suggestedFilename(), /^case-\d+\.zip$/);
  hana.faults.none();
  tui.faults.none();
  await hana.close();
  await tui.close();
});

test('cases are found by what is written on them, on their list and beside reports', async () => {
  const { page, faults, close } = await at(cairn, 'hana', false);
  await page.goto(`${cairn.url}/desk/cases`);
  await page.fill('#q', 'provider teleph');
  await page.locator('form.filters button').click();
  assert.match(await text(page), /Case 1 Reports of one evening that look alike/);
  assert.equal(await page.locator('main table tbody tr').count(), 1);
  await fits(page);
  await page.goto(`${cairn.url}/desk?q=mailbox+accounts`);
  assert.match(await text(page), /Cases with these words Case 1/);
  await look(page, 'cases-beside-reports');
  await page.getByRole('link', { name: 'All cases with these words' }).click();
  assert.equal(await page.locator('main table tbody tr').count(), 1);
  faults.none();
  await close();
});

test('what a case touches, the others that it has to do with, and who else is there', async () => {
  const hana = await at(cairn, 'hana', false);
  const page = hana.page;
  await page.goto(`${cairn.url}/desk/cases/1`);
  assert.match(await text(page), /The mailbox of the accounts team.*Mailbox.*Compromised/);
  assert.match(await text(page), /See also Case 2 .*Closed/);
  await page.locator('summary', { hasText: 'Add something that it touches' }).click();
  await page.fill('#asset', 'mail server 2');
  await press(page, 'asset');
  // What is missing is said at its field, and what was typed stands there.
  assert.match(await text(page), /Something needs another look/);
  assert.equal(await page.inputValue('#asset'), 'mail server 2');
  await page.selectOption('#asset-sort', 'server');
  await page.selectOption('#asset-condition', 'suspected');
  await press(page, 'asset');
  assert.match(await text(page), /mail server 2.*Server.*Suspected to be compromised/);
  const row = page.locator('tr', { hasText: 'mail server 2' });
  await row.locator('summary', { hasText: 'How it stands now' }).click();
  await row.locator('select').selectOption('clean');
  await row.locator('form[action$="/asset-set"] button').click();
  assert.match(await text(page), /mail server 2.*Server.*Found clean/);
  await row.locator('form[action$="/asset-strike"] button').click();
  assert.equal(await page.locator('tr', { hasText: 'mail server 2' }).count(), 0);

  await page.locator('summary', { hasText: 'Name another case' }).click();
  await page.selectOption('#how', 'part_of');
  await page.fill('#other', '9999');
  await press(page, 'relate');
  assert.match(await text(page), /There is no case with this number/);
  await page.fill('#other', 'Case 2');
  await press(page, 'relate');
  assert.match(await text(page), /Is part of Case 2/);
  await page.goto(`${cairn.url}/desk/cases/2`);
  assert.match(await text(page), /Has as a part Case 1/);
  hana.faults.none();

  // The other one has scripts: the line comes by itself while somebody types, and goes when it is sent.
  const tui = await at(cairn, 'matiu', true);
  await tui.page.goto(`${cairn.url}/desk/cases/1`);
  assert.match(await text(tui.page), /Also looking at this now: [^.]*Hana/);
  await shot(tui.page, 'cases-present');
  const told = tui.page.waitForResponse((answer) => answer.url().includes('/present?writing=1'));
  await tui.page.locator('#note').pressSequentially('Somebody is at it.');
  await told;
  await page.goto(`${cairn.url}/desk/cases/1`);
  assert.match(await text(page), /Writing here now: [^.]*Matiu/);
  await look(page, 'cases-present-writing');
  await press(tui.page, 'note');
  await page.reload();
  assert.match(await text(page), /Also looking at this now: [^.]*Matiu/);
  tui.faults.none();
  await hana.close();
  await tui.close();
});

test('a file is brought to a case, downloaded, taken off and put back, with scripts off', async () => {
  const hana = await at(cairn, 'hana', false);
  const page = hana.page;
  await page.goto(`${cairn.url}/desk/cases/1`);
  await page.locator('summary', { hasText: 'Bring files' }).click();
  await page.fill('#file-note', 'What the mail server wrote.');
  await page.locator(`${form('files')} button`).click();
  // Without a file: it is said at its field, and what was typed stands there.
  assert.match(await text(page), /Something needs another look.*Choose a file first/);
  assert.equal(await page.inputValue('#file-note'), 'What the mail server wrote.');
  await look(page, 'cases-file-missing');
  await page.setInputFiles('#file', [
    { name: 'mail.log', mimeType: 'text/html', buffer: Buffer.from('<script>alert(1)</script> one line\n') },
    { name: 'sample.exe', mimeType: 'image/png', buffer: Buffer.from('MZ..') },
  ]);
  await page.selectOption('#file-sort', 'log');
  await page.selectOption('#file-tlp', 'red');
  await page.fill('#file-happened', '2026-01-02T03:04');
  // By keyboard.
  await tabTo(page, `${form('files')} button`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await text(page), /File \d+, Log, TLP:RED.*mail\.log.*What the mail server wrote\..*sample\.exe/);
  await look(page, 'cases-files');
  const card = page.locator('li.card[id^="file-"]', { hasText: 'mail.log' });
  const waits = page.waitForEvent('download');
  await card.getByRole('button', { name: /^Download/ }).click();
  assert.match((await waits).suggestedFilename(), /^case-1-[0-9a-f]{12}\.zip$/);
  await card.getByRole('button', { name: /^Take off/ }).click();
  assert.match(await card.innerText(), /Taken off.*Can be put back until/s);
  await look(page, 'cases-file-removed');
  await card.getByRole('button', { name: /^Put back/ }).click();
  assert.doesNotMatch(await card.innerText(), /Taken off/);
  assert.match(await text(page), /File downloaded.*File brought/s);
  hana.faults.none();
  await hana.close();
});
