// The public Report door as people use it: with and without scripts, in both languages, on a telephone and a desk, by
// keyboard alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DESKTOP, PHONE, press, shot, weight } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible, tabTo } from '../lib/checks.mjs';
import { fitsPaper, onPaper } from '../lib/paper.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>\u202e =1+1 ' + 'long'.repeat(80);

/** What somebody answers whom a seller has cheated: by step, what to do before going on. */
const CHEATED = {
  who: (page) => page.check('input[name=who][value=me]'),
  danger: (page) => page.check('input[name=danger][value=no]'),
  money_moved: (page) => page.check('input[name=money_moved][value=yes]'),
  what: (page) => page.check('input[name=what][value=scam]'),
  scam: (page) => page.check('input[name=scam_kind][value=goods]'),
  when: async (page) => {
    await page.fill('#when-month', '3');
    await page.fill('#when-year', '2026');
  },
  channel: (page) => page.check('input[name=channel][value=not_known]'),
  story: (page) => page.fill('#story', HOSTILE),
  traces: (page) => page.fill('#traces', 'https://courier.example/pay'),
  files: async (page) => {
    const file = { name: 'sample.exe', mimeType: 'image/png', buffer: Buffer.from('MZ..') };
    await page.setInputFiles('#files', [file]);
    await press(page, 'button[value=upload]');
    await page.getByText('sample.exe').first().waitFor();
  },
  loss: (page) => page.check('input[name=loss][value=money]'),
  money: async (page) => {
    await page.fill('#money-0-amount', '1,250.50');
    await press(page, 'button[value=add]');
    await page.fill('#money-1-amount', '20');
  },
  help: (page) => page.check('input[name=help][value=help]'),
  tell: (page) => page.check('input[name=tell][value=police]'),
  identity: (page) => page.check('input[name=identity][value=contact]'),
  contact: (page) => page.fill('#contact-email', 'aroha@example.org'),
};

const step = (page) => new URL(page.url()).pathname.replace('/report/', '');
const proceed = (page) => press(page, 'main form button.button:not(.plain)');

/** Every page must meet these. */
async function sound(page, faults) {
  await accessible(page);
  await fits(page);
  faults.none(page.url());
}

/** Answers page after page until the check. */
async function report(page, faults, answers, look) {
  await page.goto(`${cairn.url}/report`);
  await press(page, 'main form button');
  await page.waitForURL('**/report/*');
  for (let pages = 0; step(page) !== 'check'; pages += 1) {
    assert.ok(pages < 40, `the form does not end: ${page.url()}`);
    const before = page.url();
    if (look) await sound(page, faults);
    await answers[step(page)]?.(page);
    await proceed(page);
    assert.notEqual(page.url(), before, await page.locator('main').innerText());
  }
}

for (const [scripts, lang, viewport] of [
  [false, 'en', PHONE],
  [true, 'mi', PHONE],
  [true, 'en', DESKTOP],
]) {
  const name = `scripts ${scripts ? 'on' : 'off'}, ${lang}, ${viewport.width} px`;
  test(`a whole report, its receipt and its status page: ${name}`, { timeout: 240_000 }, async () => {
    const { page, faults, close } = await cairn.open({ scripts, lang, viewport });
    await report(page, faults, CHEATED, true);
    await sound(page, faults);
    await shot(page, `report-check-${lang}-${viewport.width}-${scripts}`);
    await proceed(page);
    assert.equal(step(page), 'sent');
    await sound(page, faults);
    await shot(page, `report-sent-${lang}-${viewport.width}-${scripts}`);
    await page.reload();
    const reference = await page.locator('.panel .reference').innerText();
    const link = await page.locator('a[href^="/s/"]').getAttribute('href');
    // Who shares the device prints the page: the way back must be on paper.
    await onPaper(page);
    await fitsPaper(page);
    assert.ok(await page.locator('.panel .reference').isVisible());
    assert.ok((await page.locator('main').innerText()).includes(link));
    await shot(page, `report-sent-paper-${lang}-${viewport.width}-${scripts}`);
    await page.emulateMedia({ media: null });
    await page.setViewportSize(viewport);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[href^="/receipt/"]')]);
    const receipt = readFileSync(await download.path(), 'utf8');
    assert.match(receipt, /^c2sp\.org\/tlog-proof@v1\n/);
    assert.ok(!receipt.includes(link.split('-').pop()), 'the receipt holds the secret');

    await page.goto(cairn.url + link);
    assert.equal(new URL(page.url()).pathname, '/status/report');
    assert.ok((await page.locator('h1').innerText()).includes(reference));
    await page.fill('#text', HOSTILE);
    await press(page, 'form[action="/status/message"] button');
    await press(page, 'form[action="/status/consent"] button >> nth=0');
    await sound(page, faults);
    await press(page, 'a[href="/status/erase"]');
    await sound(page, faults);
    await press(page, 'form[action="/status/erase"] button');
    assert.equal(await page.locator('a[href="/status/erase"]').count(), 0);
    await sound(page, faults);
    await page.context().clearCookies();
    await page.goto(`${cairn.url}/status/report`);
    assert.ok(!(await page.content()).includes(reference));
    await sound(page, faults);
    await close();
  });
}

test('errors are shown on top, take the focus and keep what was typed', async () => {
  const { page, faults, close } = await cairn.open();
  await page.goto(`${cairn.url}/report`);
  await press(page, 'main form button');
  await proceed(page);
  assert.match(await page.title(), /^Error:/);
  assert.ok(await page.evaluate(() => document.activeElement.matches('.error-summary')));
  await page.click('.error-summary a');
  assert.ok(await page.evaluate(() => document.activeElement.matches('input[name=who]')));
  await sound(page, faults);
  await close();
});

test('the form is filled in by keyboard alone, and back keeps the answers', { timeout: 120_000 }, async () => {
  const { page, faults, close } = await cairn.open();
  await page.goto(`${cairn.url}/report`);
  const strike = async (selector, key) => {
    await tabTo(page, selector);
    await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)]);
  };
  const next = 'main form button.button:not(.plain)';
  await strike('main form button', 'Enter');
  for (const [name, value] of [['who', 'me'], ['danger', 'no'], ['money_moved', 'no'], ['what', 'scam'], ['scam_kind', 'goods']]) {
    await page.locator(`input[name=${name}]`).first().waitFor({ state: 'attached' });
    await keyboardVisible(page);
    await page.evaluate(() => document.activeElement.blur());
    await tabTo(page, `input[name=${name}]`);
    const place = await page.locator(`input[name=${name}]`).evaluateAll((all, wanted) => all.findIndex((one) => one.value === wanted), value);
    await page.keyboard.press('Space');
    for (let at = 0; at < place; at += 1) await page.keyboard.press('ArrowDown');
    assert.ok(await page.isChecked(`input[name=${name}][value=${value}]`), name);
    await strike(next, 'Enter');
  }
  await page.waitForURL('**/report/when');
  await press(page, 'a.back');
  assert.ok(await page.isChecked('input[name=scam_kind][value=goods]'));
  faults.none();
  await close();
});

test('who may be watched can leave at once, and nothing stays', async () => {
  for (const scripts of [true, false]) {
    const { page, faults, close } = await cairn.open({ scripts, viewport: PHONE });
    await page.goto(`${cairn.url}/report`);
    await press(page, 'main form button');
    for (const name of ['who', 'danger', 'money_moved']) {
      await page.check(`input[name=${name}][value=${name === 'who' ? 'me' : 'no'}]`);
      await proceed(page);
    }
    await page.check('input[name=what][value=threats]');
    await proceed(page);
    await sound(page, faults);
    // Where it leads is somebody else's site, which a test may not reach: that it is asked for is enough.
    const away = page.waitForRequest(/^https:/);
    if (scripts) for (let at = 0; at < 3; at += 1) await page.keyboard.press('Shift');
    else await page.click('a[data-exit]', { noWaitAfter: true });
    await away;
    const cookies = (await page.context().cookies()).map((cookie) => cookie.name);
    assert.ok(!cookies.some((name) => name.includes('draft')), cookies.join());
    await close();
  }
});

test('public pages are light', async () => {
  const paths = ['/', '/report', '/status', '/evidence', '/api', '/api/partners', '/own/new'];
  for (const path of paths.flatMap((path) => [path, `${path}?lang=mi`])) {
    const { requests, bytes } = await weight(cairn.browser, cairn.url + path);
    assert.ok(requests <= 3, `${path}: ${requests} requests`);
    assert.ok(bytes <= 30_000, `${path}: ${bytes} bytes`);
  }
});
