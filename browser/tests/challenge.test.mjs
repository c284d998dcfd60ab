// Challenges by keyboard alone on a phone, and those of the example, for people and for machines. The way of a challenge from a
// measure to its answer is in 20-strategy.test.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE } from '../lib/browser.mjs';
import { tabTo } from '../lib/checks.mjs';
import { look, text } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const PLAN = '/track/nz-digital/';

test('a goal is challenged from a list, by keyboard alone', async () => {
  const { page, faults, close } = await cairn.open({ viewport: PHONE });
  await page.goto(`${cairn.url}${PLAN}g/g2.html`);
  await tabTo(page, 'a[href*="figure=g%2Fg2"][href*="/challenge?"]');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/challenge?**');
  assert.match(await text(page), /You challenge: Goal/);
  await tabTo(page, `main a[href="${PLAN}challenge"]`);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#figure');
  await look(page, 'challenge-choose');
  await tabTo(page, '#figure');
  await page.keyboard.type('Goal');
  await tabTo(page, '#wrong');
  await page.keyboard.type('Nothing of it can be measured.');
  await tabTo(page, 'main form button');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/challenge/sent');
  await page.goto(`${cairn.url}${PLAN}challenges/`);
  assert.match(await text(page), /C-\d+: .* Not answered/);
  faults.none();
  await close();
});

test('the example has one that is answered and one that is not, and machines read the same', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await page.goto(`${cairn.url}${PLAN}challenges/1`);
  assert.match(await text(page), /Upheld in part.*first year for which the figure was collected/);
  await page.goto(`${cairn.url}${PLAN}challenges/2`);
  assert.match(await text(page), /not shown yet/);
  await look(page, 'challenge-example-open');
  const json = await (await page.request.get(`${cairn.url}${PLAN}challenges.json`)).json();
  const [first, second] = [1, 2].map((no) => json.challenges.find(({ reference }) => reference === `C-${no}`));
  assert.deepEqual([first.outcome, first.words, second.outcome, second.words, second.wrong], ['partly', 'shown', null, 'hidden', null]);
  const atom = await page.request.get(`${cairn.url}${PLAN}challenges.atom`);
  assert.match(atom.headers()['content-type'], /^application\/atom\+xml/);
  // On a page without the program's policy, which keeps pages from parsing anything.
  await page.goto('about:blank');
  const entries = await page.evaluate((xml) => {
    const feed = new DOMParser().parseFromString(xml, 'text/xml');
    return feed.querySelector('parsererror') ? -1 : feed.querySelectorAll('entry > updated').length;
  }, await atom.text());
  assert.equal(entries, json.challenges.length);
  faults.none();
  await close();
});
