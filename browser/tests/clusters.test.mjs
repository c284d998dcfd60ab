// Clusters on the desk: the list and one of them in both languages, at three widths and with scripts off; one decision for all of its
// reports by keyboard alone, taken back before anything left; a report that is split off and brought back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, NARROW, PHONE, press, shot } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible, tabTo } from '../lib/checks.mjs';
import { at, look, text } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const CLUSTER = 'main [data-row] th a[href^="/desk/clusters/"]';

/** The list, once the reports of the example have found each other. */
async function list(page) {
  for (let tries = 0; ; tries += 1) {
    await page.goto(`${cairn.url}/desk/clusters`);
    if (await page.locator(CLUSTER).count() > 3) return;
    assert.ok(tries < 60, await text(page));
    await page.waitForTimeout(1_000);
  }
}

/** Opens the first cluster of the list, by keyboard; its address. */
async function first(page) {
  await list(page);
  await tabTo(page, CLUSTER);
  await page.keyboard.press('Enter');
  await page.waitForURL(/clusters\/\d+/);
  return page.url();
}

/** Presses Enter on what has the focus and waits for the page that comes of it. */
async function enter(page) {
  const gone = page.waitForEvent('framenavigated');
  await page.keyboard.press('Enter');
  await gone;
  await page.waitForLoadState();
}

test('the list and one cluster, in both languages, with scripts off', async () => {
  const { page, faults, close } = await at(cairn, 'hana', false);
  const one = new URL(await first(page)).pathname;
  assert.match(await text(page), /Decide for \d+ open report/);
  for (const path of ['/desk/clusters', '/desk/clusters?show=all&order=severe', one]) {
    for (const lang of ['mi', 'en']) {
      const address = new URL(path, cairn.url);
      address.searchParams.set('lang', lang);
      const answer = await page.goto(address.href);
      assert.equal(answer.status(), 200, path);
      assert.equal(await page.locator('html').getAttribute('lang'), lang, path);
      for (const viewport of [NARROW, PHONE, DESKTOP]) {
        await page.setViewportSize(viewport);
        await fits(page);
        if (viewport === (lang === 'mi' ? NARROW : DESKTOP)) await accessible(page);
        if (viewport !== NARROW) await shot(page, `clusters${path.replaceAll(/[^a-z]+/g, '-')}-${lang}-${viewport.width}`);
      }
    }
  }
  await keyboardVisible(page);
  faults.none();
  await close();
});

test('one decision for a cluster by keyboard alone, taken back in time', async () => {
  const { page, faults, close } = await at(cairn, 'leilani', false);
  await first(page);
  const open = /Decide for (\d+) open report/.exec(await text(page))[1];
  await tabTo(page, 'main form[action$="/decide"] button');
  await enter(page);
  assert.match(await text(page), /Choose a category, write a reply, or choose an outcome\./);
  await look(page, 'clusters-fault');
  await tabTo(page, '#reply-en');
  await page.keyboard.type('Thank you. Do not pay anything.');
  await tabTo(page, 'main form[action$="/decide"] button');
  await enter(page);
  assert.match(await text(page), new RegExp(`Done to 0, still to do to ${open}\\.`));
  assert.match(await text(page), /Thank you\. Do not pay anything\./);
  await look(page, 'clusters-decided');
  await tabTo(page, 'main form[action$="/undo"] button');
  await enter(page);
  assert.doesNotMatch(await text(page), /still to do to/);
  assert.match(await text(page), /Undone/);
  faults.none();
  await close();
});

test('a report is split off, and brought back', async () => {
  const { page, faults, close } = await at(cairn, 'matiu', false);
  const address = await first(page);
  const size = await page.locator('main input[name=report]').count();
  assert.ok(size >= 2, `${size}`);
  await page.locator('main input[name=report]').first().check();
  const reference = await page.locator('main input[name=report]').first().inputValue();
  await press(page, 'main button[value=split]');
  await page.goto(address);
  assert.equal(await page.locator('main input[name=report]').count(), size - 1);
  assert.match(await text(page), /Split off/);
  await press(page, page.locator('main form[action$="/undo"] button').first());
  await page.goto(address);
  assert.equal(await page.locator('main input[name=report]').count(), size);
  await page.goto(`${cairn.url}/desk/reports/${reference}`);
  assert.ok(await page.locator(`main a[href="${new URL(address).pathname}"]`).count() > 0);
  faults.none();
  await close();
});
