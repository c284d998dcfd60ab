// Constituents: entered, looked up, imported with a preview and taken over; by keyboard, without scripts, on a phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE } from '../lib/browser.mjs';
import { person, signIn } from '../lib/people.mjs';
import { at, look, text, visitAll } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const HOME = '/desk/constituents';

test('the pages of constituents, in both languages', async () => {
  const { page, faults, close } = await at(cairn, 'leilani', true);
  await page.goto(`${cairn.url}${HOME}`);
  assert.match(await text(page), /9 constituents/);
  const one = await page.locator('main a', { hasText: 'Example Health' }).first().getAttribute('href');
  const imported = await page.locator('main a', { hasText: 'Example Clinic' }).first().getAttribute('href');
  await visitAll(cairn, page, [
    HOME, `${HOME}/new`, `${HOME}/conflicts`, `${HOME}/import`, one, `${one}/contacts/1`, imported,
    `${HOME}?due=1`, `${HOME}?q=192.0.2.130`,
  ], 'owners');
  faults.none();
  await close();
});

test('one is entered, changed and confirmed on a phone, without scripts', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: PHONE });
  await signIn(page, cairn.url, person(cairn.lines, 'hana'));
  await page.goto(`${cairn.url}${HOME}/new`);
  await page.fill('#quiet', 'at night');
  await press(page, `main form[action="${HOME}"] button`);
  assert.equal(await page.locator('[aria-invalid]').count(), 2);
  await look(page, 'owners-new-fault');
  await page.fill('#name', 'Example Harbour');
  await page.fill('#quiet', '22:00-06:00');
  await press(page, `main form[action="${HOME}"] button`);
  await page.fill('#assets', '2001:db8:77::/48\nharbour.example AS64500');
  await press(page, 'main button[name=do][value=add]');
  assert.match(await text(page), /2001:db8:77::\/48/);
  await page.selectOption('#role', 'security');
  await page.fill('#email', 'not an address');
  await press(page, 'main form[action$="/contact"] button');
  assert.equal(await page.inputValue('#email'), 'not an address');
  await look(page, 'owners-contact-fault');
  await page.fill('#email', 'soc@harbour.example');
  await press(page, 'main form[action$="/contact"] button');
  await press(page, 'main a[href$="/contacts/1"]');
  await press(page, 'main form[action$="/contact-bounced"] button');
  assert.match(await text(page), /mail came back/);
  await press(page, 'main form[action$="/contact-confirm"] button');
  assert.doesNotMatch(await text(page), /mail came back/);
  await press(page, 'main form[action$="/contact-remove"] button');
  assert.doesNotMatch(await text(page), /soc@harbour/);
  await page.fill('#assets', 'AS64500');
  await press(page, 'main button[name=do][value=drop]');
  assert.doesNotMatch(await text(page), /AS64500/);
  faults.none();
  await close();
});

test('a table is looked at by keyboard, taken, and one of it taken over', async () => {
  const { page, faults, close } = await at(cairn, 'leilani', true);
  await page.goto(`${cairn.url}${HOME}/import`);
  await page.focus('#source');
  await page.keyboard.type('sector-list');
  await page.setInputFiles('#table', {
    name: 'list.csv', mimeType: 'text/csv',
    buffer: Buffer.from('name,networks,abuse\n<b>Example Port</b>,192.0.2.64/26,abuse@port.example\nExample Dock,203.0.113.192/26,\n'),
  });
  await page.focus('main button[name=do]');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await text(page), /New 2/);
  assert.match(await text(page), /192\.0\.2\.64\/26/);
  assert.equal(await page.locator('main b').count(), 0, 'a name is no markup');
  await look(page, 'owners-preview');
  await press(page, 'main button[value=take]');
  assert.match(await text(page), /All of it was taken/);
  await look(page, 'owners-taken');
  await page.goto(`${cairn.url}${HOME}?source=sector-list`);
  assert.match(await text(page), /2 constituents/);
  await press(page, 'main a:has-text("Example Dock")');
  await press(page, 'main form[action$="/take-over"] button');
  assert.match(await text(page), /taken over from sector-list/);
  await look(page, 'owners-one');
  await page.goto(`${cairn.url}/desk/observables?look=192.0.2.70`);
  assert.match(await text(page), /Example Health/);
  await look(page, 'owners-observable');
  faults.none();
  await close();
});
