// Rules of the desk: every page in both languages and at three widths with scripts off, and the whole life of a rule by people who
// take turns: written with a fault, tried out, switched on by a second person, run on a report that comes in, and taken back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fits, keyboardVisible, tabTo } from '../lib/checks.mjs';
import { Client } from '../lib/http.mjs';
import { harmlessPage, inspect } from '../lib/look.mjs';
import { onPaper } from '../lib/paper.mjs';
import { person, signIn } from '../lib/people.mjs';
import { at, look, text, visitAll } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';
import { payloads } from '../payloads.mjs';

const cairn = world();
const PAGE = '/desk/rules';
/** Rules work a few seconds after a report has come in. */
const TRIES = 30;
let count = 0;

/** Sends a report as a partner's program does; its reference. */
async function report(story) {
  count += 1;
  const client = new Client(cairn.url);
  const answer = await client.json('/api/v1/reports', {
    form: 'nz@1',
    language: 'en',
    answers: {
      who: 'law', danger: 'no', what: 'phishing', phishing_did: ['none'], org_name: 'Example Ltd', service: 'Mail', users_affected: 1,
      impact: ['none'], started: { not_known: true }, detected: { not_known: true }, malicious: 'no', cross_border: 'no',
      supplier: 'no', ransom: 'no', measures: 'None', story, traces: `https://rules-${count}.example/pay`, loss: ['none'],
      help: 'only_tell', identity: 'contact',
    },
    contact: { name: 'Example Person', email: 'person@example.org' },
    files: [],
  });
  client.close();
  assert.equal(answer.status, 201, answer.text);
  return JSON.parse(answer.text).reference;
}

/** Presses the only button of a form that posts there. */
async function press(page, action) {
  await Promise.all([page.waitForNavigation(), page.locator(`main form[action$="/${action}"] button`).last().click()]);
}

/** What a report's page says of severity and of who has it, which is what the rule of this test sets; not when it came in, which
 * differs between reports that are compared. */
async function state(page, reference) {
  await page.goto(`${cairn.url}/desk/reports/${reference}`);
  const summary = await page.locator('main dl.summary').first().innerText();
  return summary.replace(/\s+/g, ' ').replace(/\(.*?\)/g, '').replace(/Received .*? \d\d:\d\d/, '');
}

test('the pages in both languages, with scripts off, and on paper', async () => {
  const { page, faults, close } = await at(cairn, 'leilani', false);
  await visitAll(cairn, page, [PAGE, `${PAGE}/new`, `${PAGE}/1`, `${PAGE}/2`, `${PAGE}/3`], 'rules');
  await keyboardVisible(page);
  await onPaper(page, cairn.url + PAGE);
  faults.none();
  await close();
});

test('auditors read rules and change nothing', async () => {
  const { page, faults, close } = await cairn.open({ colours: 'dark' });
  await signIn(page, cairn.url, person(cairn.lines, 'ruth'));
  await page.goto(`${cairn.url}${PAGE}/2`);
  assert.equal(await page.locator(`main form[action^="${PAGE}"]`).count(), 0);
  assert.match(await text(page), /waits for a second person/);
  await look(page, 'rules-dark');
  faults.none();
  await close();
});

test('the life of a rule: before, after and restored', async () => {
  const hana = await at(cairn, 'hana', false);
  const { page } = hana;
  // By keyboard, and what is typed with a fault comes back.
  await page.goto(cairn.url + PAGE);
  await tabTo(page, `main a[href="${PAGE}/new"]`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await tabTo(page, '#name');
  await page.keyboard.type('The rule of this test');
  await tabTo(page, '#when');
  await page.keyboard.type('categry:phishing kingfisher');
  await tabTo(page, `main form[action="${PAGE}"] button`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.ok(await page.locator('.error-summary a[href="#when"]').count());
  assert.match(await text(page), /category:/);
  assert.equal(await page.inputValue('#name'), 'The rule of this test');
  assert.equal(await page.inputValue('#when'), 'categry:phishing kingfisher');
  await look(page, 'rules-fault');
  await page.fill('#when', 'category:phishing kingfisher');
  await page.selectOption('#severity', '2');
  await page.selectOption('#assign', { label: 'Matiu Example' });
  await page.fill('#reply-en', 'Thank you. Somebody looks at it today.');
  await page.fill('#ask', 'Is it the same sender?');
  await Promise.all([page.waitForNavigation(), page.locator(`main form[action="${PAGE}"] button`).click()]);
  const rule = new URL(page.url()).pathname;
  assert.match(rule, /\/desk\/rules\/\d+$/);
  const no = rule.split('/').at(-1);
  assert.equal(await page.locator('main form[action$="/ask"]').count(), 0, 'not before it was tried out');

  // What came in before: the dry run knows it, and changes nothing.
  const early = await report('A kingfisher wrote to me about a parcel.');
  const untouched = await state(page, early);
  await page.goto(cairn.url + rule);
  await press(page, 'try');
  assert.match(await text(page), /reports looked at, 1 would have been touched/);
  await look(page, 'rules-tried');
  assert.equal(await state(page, early), untouched);
  await page.goto(cairn.url + rule);
  await press(page, 'ask');
  assert.match(await text(page), /waits for a second person/);
  assert.equal(await page.locator('main form[action$="/on"]').count(), 0, 'she wrote it herself');

  const leilani = await at(cairn, 'leilani', false);
  await leilani.page.goto(cairn.url + rule);
  await press(leilani.page, 'on');
  assert.match(await text(leilani.page), /On: version 1/);

  // A report comes in.
  const reference = await report('The kingfisher asks for a fee.');
  const before = untouched;
  let after = await state(page, reference);
  for (let tries = 0; !after.includes('Matiu Example') && tries < TRIES; tries += 1) {
    await page.waitForTimeout(1_000);
    after = await state(page, reference);
  }
  assert.match(after, /Matiu Example/);
  assert.notEqual(after, before);
  const said = await text(page);
  assert.match(said, new RegExp(`The rule of this test.*Is it the same sender\\?`));
  assert.match(said, new RegExp(`A rule worked on it: Rule ${no}, Version 1`));
  assert.match(said, /Somebody looks at it today\./);
  await look(page, 'rules-report');
  assert.equal(await state(page, early), untouched, 'what was here before stays');
  await page.goto(cairn.url + PAGE);
  const row = page.locator('main tr', { hasText: 'Is it the same sender?' });
  assert.match(await row.innerText(), new RegExp(reference));
  await look(page, 'rules-asked');

  // It is taken back: all of it, but for what has left.
  await leilani.page.goto(cairn.url + rule);
  await leilani.page.fill('#hours', '0');
  await press(leilani.page, 'back');
  assert.ok(await leilani.page.locator('.error-summary a[href="#hours"]').count());
  await leilani.page.fill('#hours', '2');
  await press(leilani.page, 'back');
  assert.match(await text(leilani.page), /the last 2 hours; reports put back: 1/);
  assert.equal(await state(page, reference), before);
  await page.goto(cairn.url + PAGE);
  assert.equal(await row.count(), 0);

  // Anybody who works on reports switches it off.
  await page.goto(cairn.url + rule);
  await press(page, 'off');
  assert.doesNotMatch(await text(page), /On: version/);
  hana.faults.none();
  leilani.faults.none();
  await hana.close();
  await leilani.close();
});

test('a rule says what was typed, and nothing of it runs', async () => {
  const { page, faults, close } = await at(cairn, 'matiu', true);
  const texts = payloads.map(({ text: own }) => own).filter((own) => own.trim() !== '');
  for (let from = 0; from < texts.length; from += 40) {
    const some = texts.slice(from, from + 40);
    await page.goto(`${cairn.url}${PAGE}/new`);
    await page.fill('#name', `n ${some[0].replace(/\s+/g, ' ').slice(0, 70)}`);
    await page.fill('#when', 'severity<3 heron');
    await page.fill('#ask', `a ${some.join('\n').slice(0, 450)}`);
    await page.fill('#reply-en', `r ${some.join('\n').slice(0, 1_900)}`);
    await page.locator(`main form[action="${PAGE}"] button`).click();
    await page.waitForURL(/\/desk\/rules\/\d+$/);
    await page.waitForLoadState();
    await harmlessPage(page, faults);
    await fits(page);
  }
  // On the list a name is a link to its rule, so that nothing is pressed there.
  await page.goto(cairn.url + PAGE);
  assert.deepEqual(await inspect(page), []);
  await fits(page);
  faults.none();
  await close();
});
