// The public figures as a browser shows them: both languages, small screens, without scripts, light enough.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NARROW, shot, weight } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible } from '../lib/checks.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const PAGES = ['/figures', '/figures/categories', '/figures/people', '/figures/national', '/figures/definitions'];

for (const lang of ['en', 'mi']) {
  test(`figures can be read by everybody (${lang})`, async () => {
    const { page, faults, close } = await cairn.open({ scripts: lang === 'en', viewport: NARROW, lang });
    for (const path of PAGES) {
      await page.goto(cairn.url + path);
      await fits(page);
      await accessible(page);
    }
    await keyboardVisible(page);
    faults.none();
    await close();
  });
}

test('figures are light', async () => {
  for (const path of PAGES.flatMap((path) => [path, `${path}?lang=mi`])) {
    const { requests, bytes } = await weight(cairn.browser, cairn.url + path, { scripts: false });
    assert.ok(requests <= 3, `${path}: ${requests} requests`);
    assert.ok(bytes <= 38_000, `${path}: ${bytes} bytes`);
  }
});

test('every figure leads to its definition', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await page.goto(`${cairn.url}/figures`);
  const links = await page.locator('a[href*="/figures/definitions#"]').evaluateAll((all) => all.map((a) => a.href));
  assert.ok(links.length >= 4);
  for (const link of links) {
    await page.goto(link);
    assert.equal(await page.locator(`[id="${new URL(link).hash.slice(1)}"]`).count(), 1, link);
  }
  await page.goto(`${cairn.url}/figures/national`);
  assert.equal(await page.locator('svg .break').count(), 4);
  await shot(page, 'figures-national');
  faults.none();
  await close();
});
