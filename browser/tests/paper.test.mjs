// Pages on paper: no navigation, nothing folded away, nothing cut, and addresses where a link led.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shot } from '../lib/browser.mjs';
import { fitsPaper, onPaper } from '../lib/paper.mjs';
import { at } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const PLAN = '/track/nz-digital/';
const OF_PLANS = [
  PLAN,
  ...['measures', 'initiatives', 'changes', 'agencies', 'data/index', 'sources', 'method', 'm/m2', 'm/m5', 'g/g2', 'i/i05', 'e/2022/index']
    .flatMap((name) => [`${PLAN}${name}.html`, `${PLAN}mi/${name}.html`]),
  '/track/example-harbour/',
  '/track/example-harbour/m/wifi.html',
  '/track/example-harbour/i/wharf-net.html',
  '/track/example-harbour/changes.html',
];
const OF_SERVICE = [
  '/', '/report', '/report/who', '/status', '/figures', '/figures/categories', '/figures/people', '/figures/national', '/figures/definitions',
  '/track', '/track/example-harbour/versions/', `${PLAN}challenges/`, `${PLAN}challenges/1`, `${PLAN}challenge?figure=m2`, '/evidence',
  '/privacy', '/accessibility', '/how-receipts-work',
];

/** The page as a document, kept where `CAIRN_SHOTS` names a folder. */
async function document(page, name) {
  const pdf = await page.pdf({ preferCSSPageSize: true, format: 'A4' });
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  assert.ok(pdf.length > 5_000);
  if (process.env.CAIRN_SHOTS) writeFileSync(join(process.env.CAIRN_SHOTS, `${name}.pdf`), pdf);
}

for (const [kind, paths] of [['a plan', OF_PLANS], ['the service', OF_SERVICE]]) {
  test(`pages of ${kind} are whole on paper`, async () => {
    const { page, faults, close } = await cairn.open({ scripts: false });
    let folds = 0;
    for (const path of paths) {
      const answer = await onPaper(page, cairn.url + path);
      assert.equal(answer.status(), 200, path);
      await fitsPaper(page);
      folds += await page.locator('details:not([open])').count();
      const name = `paper${path.replaceAll(/[^a-z0-9]+/g, '-')}`;
      await shot(page, name);
      await document(page, name);
    }
    assert.ok(folds > 0, 'nothing was folded');
    faults.none();
    await close();
  });
}

test('the printed page of a measure names its sources with their addresses', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await onPaper(page, `${cairn.url}${PLAN}m/m2.html`);
  const told = page.locator('.paper .sources li');
  const cited = await page.locator('.values a[href*="sources.html#"]').evaluateAll((all) => new Set(all.map((a) => a.hash)).size);
  assert.ok(cited > 1);
  assert.equal(await told.count(), cited);
  assert.ok(await told.first().isVisible());
  assert.match(await told.locator('a').first().evaluate((a) => getComputedStyle(a, '::after').content), /https?:/);
  assert.ok(!(await page.locator('#download').isVisible()), 'a file cannot be taken from paper');
  await page.emulateMedia({ media: 'screen' });
  assert.ok(!(await told.first().isVisible()), 'a screen has the links');
  assert.ok(await page.locator('#download').isVisible());
  faults.none();
  await close();
});

test('what an officer prints is whole as well', async () => {
  const { page, faults, close } = await at(cairn, 'hana', false);
  await page.goto(`${cairn.url}/desk`);
  const report = await page.locator('main a[href^="/desk/reports/"]').first().getAttribute('href');
  for (const path of ['/desk', report]) {
    await onPaper(page, cairn.url + path);
    await fitsPaper(page);
    await shot(page, `paper-desk${path === report ? '-report' : ''}`);
    await document(page, `paper-desk${path === report ? '-report' : ''}`);
  }
  faults.none();
  await close();
});

test('the helper sees what does not belong on paper', async () => {
  const { page, close } = await cairn.open({});
  await onPaper(page, `${cairn.url}${PLAN}measures.html`);
  await fitsPaper(page);
  for (const [wrong, css] of [
    ['navigation', 'nav.doors { display: block !important; }'],
    ['folded away', 'details::details-content { content-visibility: hidden !important; block-size: 0 !important; }'],
    ['beyond the edge', 'main table { width: 900px !important; }'],
    ['cut', 'main dl { overflow: hidden !important; width: 3rem; white-space: nowrap; }'],
  ]) {
    await page.evaluate((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      document.adoptedStyleSheets = [sheet];
    }, css);
    await assert.rejects(fitsPaper(page), new RegExp(wrong), css);
  }
  await page.emulateMedia({ media: 'screen' });
  await close();
});
