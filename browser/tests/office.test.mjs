// The strategy office in a real browser: its pages in te reo Māori, seats, and dissent. The way of a return to the public page
// and beyond is in 20-strategy.test.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NARROW, shot } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible } from '../lib/checks.mjs';
import { at, look, send } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const PLAN = '/desk/track/example-harbour';
const COUNCIL = 'Example Harbour Council (fictional)';

test('every page of the office is whole in te reo Māori, on a small screen', async () => {
  for (const [login, paths] of [
    ['mere', ['/desk/track', PLAN, `${PLAN}/returns/new`, `${PLAN}/returns/new?item=measure%3Apeople-helped`, `${PLAN}/returns/1`]],
    ['ngaire', [PLAN, `${PLAN}/publish`, `${PLAN}/seats`]],
    ['piri', ['/desk/track', `${PLAN}/dissent`]],
  ]) {
    const { page, faults, close } = await at(cairn, login, false);
    await page.setViewportSize(NARROW);
    for (const path of paths) {
      const address = new URL(path, cairn.url);
      address.searchParams.set('lang', 'mi');
      const answer = await page.goto(address.href);
      assert.equal(answer.status(), 200, path);
      assert.equal(await page.locator('html').getAttribute('lang'), 'mi', path);
      await fits(page);
      await accessible(page);
      await shot(page, `office-mi-${login}${path.replaceAll(/[^a-z]+/g, '-')}`);
    }
    await keyboardVisible(page);
    faults.none(login);
    await close();
  }
});

test('a publisher gives a seat, and a reviewer dissents', async () => {
  const { page, faults, close } = await at(cairn, 'ngaire', false);
  await page.goto(`${cairn.url}${PLAN}/seats`);
  await page.selectOption('#login', 'mere');
  await page.selectOption('#owner', COUNCIL);
  await page.fill('#mail', 'not an address');
  await send(page, '#mail');
  assert.equal(await page.locator('.error-summary a[href="#mail"]').count(), 1, await page.innerText('main'));
  assert.equal(await page.inputValue('#mail'), 'not an address');
  await look(page, 'office-seats-fault');
  await page.fill('#mail', 'wharf@example.org');
  await send(page, '#mail');
  assert.match(await page.innerText('main'), /wharf@example\.org/);
  await look(page, 'office-seats');
  faults.none();
  await close();
  const reviewer = await at(cairn, 'piri', false);
  await reviewer.page.goto(`${cairn.url}${PLAN}/dissent`);
  await send(reviewer.page, '#text');
  assert.equal(await reviewer.page.locator('.error-summary a[href="#item"]').count(), 1);
  await look(reviewer.page, 'office-dissent');
  await reviewer.page.selectOption('#item', 'measure:email');
  await reviewer.page.fill('#text', 'Only domains that the council knows of are counted.');
  await send(reviewer.page, '#text');
  assert.match(await reviewer.page.innerText('main'), /Dissent/);
  await reviewer.page.goto(`${cairn.url}${PLAN}/preview/m/email.html`);
  assert.match(await reviewer.page.innerText('main'), /Only domains that the council knows of are counted\./);
  reviewer.faults.none();
  await reviewer.close();
});
