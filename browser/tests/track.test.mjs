// Strategies as a browser shows them: every kind of page, both languages, small screens, without scripts, light enough.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { NARROW, shot, weight } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible } from '../lib/checks.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const PLAN = '/track/nz-digital/';
// One page of each kind; the last two are made up, with mandates and a community of their own.
const PAGES = [
  PLAN,
  `${PLAN}g/g2.html`,
  `${PLAN}i/i05.html`,
  `${PLAN}i/i03.html`,
  `${PLAN}m/m2.html`,
  `${PLAN}m/m5.html`,
  `${PLAN}m/m7.html`,
  `${PLAN}measures.html`,
  `${PLAN}initiatives.html`,
  `${PLAN}embed/m/m2.html`,
  `${PLAN}data/index.html`,
  `${PLAN}method.html`,
  `${PLAN}changes.html`,
  `${PLAN}agencies.html`,
  `${PLAN}sources.html`,
  `${PLAN}e/2022/index.html`,
  '/track/example-harbour/',
  '/track/example-harbour/changes.html',
  '/track/example-harbour/i/wharf-net.html',
  '/track/example-harbour/m/wifi.html',
  '/track/nz-cyber-2015/',
];
const maori = (path) => path.replace(/^(\/track\/[^/]+\/)(.*)$/, (_, plan, rest) => `${plan}mi/${rest || 'index.html'}`);

for (const lang of ['en', 'mi']) {
  test(`a strategy can be read by everybody (${lang})`, async () => {
    const { page, faults, close } = await cairn.open({ scripts: lang === 'en', viewport: NARROW, lang });
    await page.goto(`${cairn.url}/track`);
    const list = await page.locator('main').innerText();
    assert.match(list, lang === 'en' ? /5 of 9 measures have a recent figure; 3 have never/ : /5 o ngā inenga e 9 .*; 3 kāore/);
    await fits(page);
    await accessible(page);
    for (const path of PAGES) {
      const answer = await page.goto(cairn.url + (lang === 'mi' ? maori(path) : path));
      assert.equal(answer.status(), 200, path);
      assert.equal(await page.locator('html').getAttribute('lang'), lang, path);
      await fits(page);
      await accessible(page);
    }
    await keyboardVisible(page);
    faults.none();
    await close();
  });
}

test('the pages of a strategy are light', async () => {
  for (const path of PAGES.flatMap((path) => [path, maori(path)])) {
    const { requests, bytes } = await weight(cairn.browser, cairn.url + path, { scripts: false });
    assert.ok(requests <= 2, `${path}: ${requests} requests`);
    assert.ok(bytes <= 60_000, `${path}: ${bytes} bytes`);
  }
});

test('a status says how robust it is, in words', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await page.goto(`${cairn.url}${PLAN}m/m2.html`);
  const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
  assert.match(text, /From 2018, 2020 or 2021 as base this is deterioration; from 2022 it is substantial progress/i);
  await shot(page, 'track-measure');
  faults.none();
  await close();
});

test('a figure leads to the row of its source, and the file of its values', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await page.goto(cairn.url + PLAN);
  await page.locator('a[href*="m/m2.html"]').first().click();
  const source = await page.locator('main a[href*="sources.html#"]').first().getAttribute('href');
  await page.goto(new URL(source, page.url()).href);
  const anchor = new URL(page.url()).hash.slice(1);
  assert.equal(await page.locator(`[id="${anchor}"]`).count(), 1, source);
  const csv = await page.request.get(`${cairn.url}${PLAN}data/m2.csv`);
  assert.equal(csv.status(), 200);
  assert.match(csv.headers()['content-type'], /^text\/csv/);
  assert.match(await csv.text(), /2021,16\.8/);
  faults.none();
  await close();
});

test('a live measure shows what the public figures say', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await page.goto(`${cairn.url}/track/example-harbour/`);
  const link = page.locator('a[href*="/m/"], a[href^="m/"]');
  const hrefs = await link.evaluateAll((all) => [...new Set(all.map((a) => a.href))]);
  let live = 0;
  for (const href of hrefs) {
    await page.goto(href);
    const text = await page.locator('main').innerText();
    live += /evidence log at \d+ entries/i.test(text) ? 1 : 0;
  }
  assert.ok(live >= 1, `${hrefs.length} measures, none live`);
  faults.none();
  await close();
});

test('a plan leads back into the service, in the language of the page', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await page.goto(`${cairn.url}${PLAN}mi/m/m2.html`);
  const doors = page.locator('nav.doors a');
  assert.ok((await doors.count()) >= 5);
  await doors.nth(1).click();
  assert.equal(new URL(page.url()).pathname, '/report');
  assert.equal(await page.locator('html').getAttribute('lang'), 'mi');
  faults.none();
  await close();
});

test('a figure can be placed in the page of another site, and nothing else can', async () => {
  let path = '';
  // Another port is another origin.
  const other = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(`<!doctype html><title>Other</title><iframe src="${cairn.url}${path}"></iframe>`);
  });
  await new Promise((ready) => other.listen(0, '127.0.0.1', ready));
  const inside = async (wanted) => {
    path = wanted;
    const page = await cairn.browser.newPage();
    await page.goto(`http://127.0.0.1:${other.address().port}/`, { waitUntil: 'load' });
    const frame = page.frames()[1];
    const text = await frame.locator('body').innerText({ timeout: 5000 }).catch(() => '');
    await page.close();
    return text;
  };
  assert.match(await inside(`${PLAN}embed/m/m2.html`), /18\.3/);
  assert.doesNotMatch(await inside(`${PLAN}m/m2.html`), /18\.3/);
  other.close();
});

test('nothing is cut or hidden at 320 px and at twice the size', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: { width: 320, height: 640 } });
  for (const path of PAGES) {
    await page.goto(cairn.url + path);
    await fits(page);
  }
  faults.none();
  await close();
  // 1280 px at 200 % are 640 px.
  const large = await cairn.open({ scripts: false, viewport: { width: 640, height: 400 } });
  for (const path of PAGES) {
    await large.page.goto(cairn.url + path);
    await fits(large.page);
  }
  await large.close();
});
