// One report all the way, as people do it: front page, form, receipt, status page, the officers' queue, the figures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, PHONE, press, shot, weight } from '../lib/browser.mjs';
import { accessible, fits } from '../lib/checks.mjs';
import { person, signIn } from '../lib/people.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
/** Bytes and requests of a public page without scripts. */
const PAGE_BYTES_MAX = 32_000;
const REQUESTS_MAX = 3;

const STORY = 'A message said that my parcel waits.\nIt asked for <b>my card</b>.';
/** What is answered, by step; a step that is not here is passed with nothing chosen. */
const ANSWERS = {
  who: { who: 'me' },
  danger: { danger: 'no' },
  money_moved: { money_moved: 'no' },
  what: { what: 'phishing' },
  phishing: { phishing_did: 'clicked' },
  channel: { channel: 'text' },
  story: { story: STORY },
  traces: { traces: 'https://parcel.example/pay\n192.0.2.7' },
  loss: { loss: 'none' },
  done: { done: 'blocked' },
  help: { help: 'only_tell' },
  identity: { identity: 'anonymous' },
};

async function answer(page, step) {
  for (const [name, value] of Object.entries(ANSWERS[step] ?? {})) {
    const text = page.locator(`textarea[name="${name}"]`);
    if (await text.count()) await text.fill(value);
    else await page.locator(`[name="${name}"][value="${value}"]`).check({ force: true });
  }
  if (step === 'when') await page.fill('#when-year', String(new Date().getFullYear() - 1));
}

/** Sends the page's main form. */
const go = (page) => press(page, page.locator('main form button:not(.plain)').first());

/** Walks from the start page to the receipt; returns reference and status link. */
async function report(page, each = async () => {}) {
  await page.goto(`${cairn.url}/report`);
  await each(page, 'start');
  await go(page);
  for (let steps = 0; steps < 40; steps += 1) {
    const step = new URL(page.url()).pathname.split('/').pop();
    await each(page, step);
    if (step === 'sent') break;
    await answer(page, step);
    await go(page);
  }
  const text = await page.innerText('main');
  const link = /https?:\/\/\S+\/s\/\S+/.exec(text)?.[0];
  const reference = /[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]/.exec(text)?.[0];
  assert.ok(link && reference, text);
  return { reference, link };
}

for (const scripts of [true, false]) {
  for (const lang of ['en', 'mi']) {
    test(`a whole report, ${lang}, scripts ${scripts ? 'on' : 'off'}`, async () => {
      const visit = await cairn.open({ scripts, lang, viewport: scripts ? DESKTOP : PHONE });
      const { page, faults } = visit;
      await page.goto(`${cairn.url}/`);
      await accessible(page);
      const { reference, link } = await report(page, async (at, step) => {
        if (lang === 'en' || scripts) await accessible(at);
        await fits(at);
        await shot(at, `report-${step}-${lang}-${scripts ? 'desktop' : 'phone'}`);
      });
      await page.goto(link);
      assert.equal(new URL(page.url()).pathname, '/status/report', 'the secret does not stay in the address');
      assert.ok((await page.innerText('main')).includes(reference));
      await accessible(page);
      await shot(page, `status-${lang}-${scripts ? 'desktop' : 'phone'}`);
      for (const path of ['/figures', '/evidence', '/api', '/status', '/sign-in']) {
        await page.goto(`${cairn.url}${path}`);
        await accessible(page);
        await fits(page);
        await shot(page, `page${path.replaceAll('/', '-')}-${lang}-${scripts ? 'desktop' : 'phone'}`);
      }
      faults.none();
      await visit.close();
    });
  }
}

test('the officer finds the report, reads it, and works on it', async () => {
  const reporter = await cairn.open({ scripts: false });
  const { reference } = await report(reporter.page);
  await reporter.close();
  for (const scripts of [true, false]) {
    const visit = await cairn.open({ scripts, viewport: scripts ? DESKTOP : PHONE });
    const { page, faults } = visit;
    await signIn(page, cairn.url, person(cairn.lines, scripts ? 'hana' : 'matiu'));
    await page.goto(`${cairn.url}/desk`);
    assert.ok((await page.innerText('main')).includes(reference), 'the newest report is on the first page');
    await accessible(page);
    await fits(page);
    await shot(page, `desk-queue-${scripts ? 'desktop' : 'phone'}`);
    await page.goto(`${cairn.url}/desk/reports/${reference}`);
    const text = await page.innerText('main');
    assert.ok(text.includes('It asked for <b>my card</b>.'), 'what was typed is shown as text');
    assert.ok(text.includes('parcel[.]example'), 'links are defanged');
    await accessible(page);
    await shot(page, `desk-report-${scripts ? 'desktop' : 'phone'}`);
    faults.none();
    await visit.close();
  }
});

test('public pages are light without scripts', async () => {
  for (const path of ['/', '/report', '/status', '/figures', '/evidence']) {
    const { requests, bytes } = await weight(cairn.browser, `${cairn.url}${path}`, { scripts: false });
    assert.ok(requests <= REQUESTS_MAX, `${path}: ${requests} requests`);
    assert.ok(bytes <= PAGE_BYTES_MAX, `${path}: ${bytes} bytes`);
  }
});
