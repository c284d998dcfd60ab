// The branches of the form that few people take, the statements and the pages of problems, in both languages; and the
// whole form by keyboard alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NARROW, PHONE, press, shot } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible, tabTo } from '../lib/checks.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();

const step = (page) => new URL(page.url()).pathname.replace('/report/', '');
const NEXT = 'main form button.button:not(.plain)';

/** What decides the way; of all other choices the first is taken. */
const COMMON = { who: 'me', danger: 'no', money_moved: 'no', loss: 'none', help: 'only_tell', identity: 'anonymous' };
const BRANCHES = [
  ['law', { who: 'law', what: 'malware' }, 'check'],
  ['account', { what: 'account' }],
  ['malware', { what: 'malware' }],
  ['website', { what: 'website' }],
  ['data_leak', { what: 'data_leak' }],
  ['weakness', { what: 'weakness' }],
  ['phishing', { what: 'phishing' }],
  ['threats', { what: 'threats' }],
  ['extortion', { danger: 'yes', what: 'scam', scam_kind: 'extortion' }, 'check'],
];
/** Texts that must be given and have no "I do not know". */
const TEXTS = ['story', 'org_name'];

async function sound(page, faults) {
  await accessible(page);
  await fits(page);
  faults.none(page.url());
}

/** Fills in whatever the page asks. */
async function answer(page, chosen) {
  const fields = await page.$$eval('main form :is(input, textarea)', (all) => all.map(({ type, name }) => ({ type, name })));
  const done = new Set(['tell']);
  for (const { type, name } of fields) {
    if (done.has(name)) continue;
    done.add(name);
    if (type === 'radio' || type === 'checkbox') {
      const value = chosen[name] ? `[value="${chosen[name]}"]` : '';
      await page.locator(`main form input[name="${name}"]${value}`).first().check();
    } else if (TEXTS.includes(name)) {
      await page.fill(`#${name}`, 'Example');
    }
  }
}

/** Goes along a branch until `last`, and looks at each page that was not seen before. */
async function along(page, faults, chosen, last, seen) {
  await page.goto(`${cairn.url}/report`);
  await press(page, 'main form button');
  for (let pages = 0; step(page) !== last; pages += 1) {
    assert.ok(pages < 40, `the form does not end: ${page.url()}`);
    const before = step(page);
    if (!seen.has(before)) await sound(page, faults);
    seen.add(before);
    await answer(page, chosen);
    await press(page, NEXT);
    assert.notEqual(step(page), before, await page.locator('main').innerText());
  }
  if (last === 'check') await sound(page, faults);
}

for (const [lang, viewport] of [['en', PHONE], ['mi', NARROW]]) {
  test(`every branch of the form: ${lang}, ${viewport.width} px`, { timeout: 600_000 }, async () => {
    const seen = new Set();
    for (const [name, chosen, last = 'story'] of BRANCHES) {
      const { page, faults, close } = await cairn.open({ lang, viewport });
      await along(page, faults, { ...COMMON, ...chosen }, last, seen);
      if (name === 'extortion') {
        await press(page, NEXT);
        assert.equal(step(page), 'sent');
        assert.ok((await page.locator('a[href="tel:1737"]').count()) > 0, 'no crisis line');
        await sound(page, faults);
        await shot(page, `sent-extortion-${lang}`);
        await press(page, 'a[href^="/s/"]');
        assert.equal(await page.locator('input[type=file]').count(), 0);
        await sound(page, faults);
        await shot(page, `status-extortion-${lang}`);
      }
      await close();
    }
    for (const wanted of ['service', 'account', 'malware', 'website', 'data_leak', 'weakness', 'threats', 'describe']) {
      assert.ok(seen.has(wanted), `${wanted} was not seen`);
    }
  });

  test(`statements and pages of problems: ${lang}`, { timeout: 300_000 }, async () => {
    const { page, faults, close } = await cairn.open({ lang, viewport });
    const problems = ['forbidden', 'not-found', 'stale-form', 'too-large', 'too-many', 'unavailable'];
    for (const path of ['privacy', 'accessibility', 'how-receipts-work', 'nowhere', ...problems.map((slug) => `problems/${slug}`)]) {
      await page.goto(`${cairn.url}/${path}`);
      await sound(page, faults);
      await shot(page, `${path.replace('/', '-')}-${lang}`);
    }
    await close();
  });
}

/** By step: the keys to press, as `[selector, key]`, or `[selector, text]` to type. */
const KEYS = {
  who: [['input[name=who]', ' ']],
  danger: [['input[name=danger]', ' '], ['input[name=danger]:focus', 'ArrowDown']],
  money_moved: [['input[name=money_moved]', ' '], ['input[name=money_moved]:focus', 'ArrowDown']],
  what: [['input[name=what]', ' ']],
  scam: [['input[name=scam_kind]', ' ']],
  when: [['#when-month', '3'], ['#when-year', '2026']],
  channel: [['input[name=channel]', ' ']],
  story: [['#story', 'Somebody sold me a bicycle that never came.']],
  loss: [['input[name=loss][value=money]', ' ']],
  money: [['#money-0-amount', '12.50']],
  help: [['input[name=help]', ' ']],
  tell: [['input[name=tell][value=police]', ' ']],
  identity: [['input[name=identity]', ' ']],
  contact: [['#contact-email', 'aroha@example.org']],
};

test('the whole form by keyboard alone, to the receipt', { timeout: 480_000 }, async () => {
  const { page, faults, close } = await cairn.open();
  await page.goto(`${cairn.url}/report`);
  const onward = async (selector) => {
    const before = page.url();
    await tabTo(page, selector);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.href !== before);
  };
  await onward('main form button');
  for (let pages = 0; step(page) !== 'check'; pages += 1) {
    assert.ok(pages < 40, `the form does not end: ${page.url()}`);
    for (const [selector, keys] of KEYS[step(page)] ?? []) {
      if (!selector.endsWith(':focus')) await tabTo(page, selector);
      if (keys === 'ArrowDown') await page.keyboard.press(keys);
      else await page.keyboard.type(keys);
    }
    await onward(NEXT);
  }
  await keyboardVisible(page);
  await page.evaluate(() => document.activeElement.blur());
  await onward(NEXT);
  assert.equal(step(page), 'sent');
  await keyboardVisible(page);
  await page.evaluate(() => document.activeElement.blur());
  await onward('a[href^="/s/"]');
  assert.equal(new URL(page.url()).pathname, '/status/report');
  faults.none();
  await close();
});
