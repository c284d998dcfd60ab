// The search line, saved views, and the page of an observable: both languages, a phone and a desktop, scripts off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, NARROW, PHONE, press, shot } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible } from '../lib/checks.mjs';
import { person, signIn } from '../lib/people.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();

/** Looks at the page as it is, at each width. */
async function look(page, name) {
  for (const viewport of [NARROW, PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await fits(page);
    if (viewport !== PHONE) await accessible(page);
    if (viewport !== NARROW) await shot(page, `${name}-${viewport.width}`);
  }
}

const search = async (page, line) => {
  await page.fill('#q', line);
  await press(page, page.locator('form.filters button').first());
};

test('a line is searched, taken apart and saved, without scripts', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await signIn(page, cairn.url, person(cairn.lines, 'hana'));
  for (const lang of ['mi', 'en']) {
    await page.goto(`${cairn.url}/desk?lang=${lang}`);
    await search(page, 'state:all since:2020 -category:other');
    assert.equal(await page.locator('ul.chips > li').count(), 3);
    assert.ok(await page.locator('[data-row]').count() > 0);
    await look(page, `search-${lang}`);
    await page.locator('main details').first().locator('summary').click();
    await look(page, `search-help-${lang}`);
    await page.locator('ul.chips .off').nth(1).click();
    assert.equal(await page.locator('ul.chips > li').count(), 2);
    assert.equal(await page.inputValue('#q'), 'state:all -category:other');
    await search(page, 'parcel categry:scam since:someday');
    assert.equal(await page.locator('.error-summary li').count(), 2);
    assert.equal(await page.inputValue('#q'), 'parcel categry:scam since:someday');
    assert.equal(await page.locator('[data-row]').count(), 0);
    await look(page, `search-fault-${lang}`);
  }
  await page.goto(`${cairn.url}/desk?lang=en`);
  await page.selectOption('#state', 'all');
  await page.locator('form.filters button').first().click();
  assert.equal(await page.inputValue('#q'), 'state:all');
  await keyboardVisible(page);
  await page.locator('main details', { has: page.locator('form[action="/desk/views"]') }).locator('summary').click();
  await page.fill('#name', 'Everything there is');
  await page.locator('form[action="/desk/views"] button').click();
  await page.locator('nav.views a', { hasText: 'Everything there is' }).waitFor();
  for (const lang of ['mi', 'en']) {
    await page.goto(`${cairn.url}/desk/views?lang=${lang}`);
    await page.locator('section.view summary').first().click();
    await look(page, `views-${lang}`);
  }
  await page.fill('#name-0', '');
  await page.locator('section.view form button').first().click();
  assert.ok(await page.locator('.error-summary a[href="#name-0"]').count());
  await look(page, 'views-fault');
  await page.goto(`${cairn.url}/desk/views`);
  await page.locator('section.view summary').first().click();
  await page.locator('section.view form[action$="/delete"] button').first().click();
  assert.equal(await page.locator('section.view').count(), 0);
  faults.none('search');
  await close();
});

test('two officers put an observable on the block list', async () => {
  const hana = await cairn.open({ scripts: false });
  await signIn(hana.page, cairn.url, person(cairn.lines, 'hana'));
  await hana.page.goto(`${cairn.url}/desk?q=state%3Aall`);
  const reports = await hana.page.locator('[data-row] th a').evaluateAll((links) => links.map((link) => link.href));
  let address;
  for (const report of reports) {
    await hana.page.goto(report);
    const link = hana.page.locator('main a[href^="/desk/observables/"]').first();
    if (await link.count()) {
      address = await link.getAttribute('href');
      break;
    }
  }
  assert.ok(address, 'a report with an observable');
  for (const lang of ['mi', 'en']) {
    await hana.page.goto(`${cairn.url}${address}?lang=${lang}`);
    await look(hana.page, `observable-${lang}`);
  }
  await keyboardVisible(hana.page);
  await hana.page.locator('form:has(#ask) button').click();
  assert.ok(await hana.page.locator('.error-summary a[href="#ask"]').count());
  await hana.page.fill('#ask', 'Two people lost money at http://evil.example/');
  await hana.page.locator('form:has(#ask) button').click();
  await hana.page.locator('form:has([value=withdraw])').waitFor();
  assert.match((await hana.page.locator('#notes ~ article').allInnerTexts()).join(' '), /hxxp:\/\/evil\[\.\]example/);
  await look(hana.page, 'observable-asked');
  const other = await cairn.open({});
  await signIn(other.page, cairn.url, person(cairn.lines, 'leilani'));
  for (const lang of ['mi', 'en']) {
    await other.page.goto(`${cairn.url}/desk/observables?lang=${lang}`);
    await look(other.page, `observables-${lang}`);
  }
  await other.page.locator(`main a[href="${address}"]`).first().click();
  await other.page.locator('form:has([value=agree]) button').click();
  await other.page.locator('form:has([value=lift])').waitFor();
  await look(other.page, 'observable-agreed');
  await other.page.goto(`${cairn.url}/desk/observables`);
  const waiting = other.page.waitForEvent('download');
  await other.page.locator('form[action="/desk/observables/export"] button').click();
  assert.match((await waiting).suggestedFilename(), /^block-list-.*-defanged\.txt$/);
  hana.faults.none('hana');
  other.faults.none('leilani');
  await hana.close();
  await other.close();
});
