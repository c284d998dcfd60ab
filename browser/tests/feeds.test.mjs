// Machine reports: a source is made, a report sent by keyboard alone and without scripts, seen taken in, rows that could not be read shown
// and read again once the schema is mended.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NARROW, PHONE } from '../lib/browser.mjs';
import { tabTo } from '../lib/checks.mjs';
import { person, signIn } from '../lib/people.mjs';
import { at, look, text, visitAll } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const HOME = '/desk/feeds';
const NAME = '2050-01-01-scan_example-test.csv';
const ROWS = `timestamp,ip,port,tag
2050-01-01 00:00:00,192.0.2.1,80,x
2050-01-01 00:00:00,192.0.2.2,80,x
2050-01-01 00:00:02,192.0.2.3,none,"<b>http://bad.example/x</b>"
`;
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

/** The schema of the operator; mended, a row without a port is one too. */
function schema(mended) {
  const folder = join(cairn.data, 'data', 'feeds');
  mkdirSync(folder, { recursive: true });
  const port = ['source.port', 'port', 'convert_int'];
  writeFileSync(join(folder, 'schema.json'), JSON.stringify({
    _meta: { date_created: mended ? '2050-02-01' : '2050-01-01' },
    scan_example: {
      feed_name: 'Example', file_name: 'scan_example',
      required_fields: [['time.source', 'timestamp', 'add_UTC_to_timestamp'], ['source.ip', 'ip', 'validate_ip'], ...(mended ? [] : [port])],
      optional_fields: [['extra.', 'tag'], ...(mended ? [['extra.', 'port']] : [])],
      constant_fields: { 'classification.type': 'vulnerable-system', 'classification.identifier': 'open-example' },
    },
  }));
}

/** Looks again until the page says it. */
async function until(page, words) {
  for (let tries = 0; tries < 60; tries += 1) {
    if (words.test(await text(page))) return;
    await new Promise((done) => setTimeout(done, 500));
    await page.reload();
  }
  assert.fail(`never said ${words}: ${await text(page)}`);
}

test('a lead makes a source on a phone, without scripts', async () => {
  schema(false);
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: PHONE });
  await signIn(page, cairn.url, person(cairn.lines, 'leilani'));
  await page.goto(`${cairn.url}${HOME}`);
  assert.match(await text(page), /There are no sources yet/);
  await press(page, `main a[href="${HOME}/sources/new"]`);
  await look(page, 'feeds-kinds');
  await press(page, 'main a[href$="kind=upload"]');
  await page.fill('#code', 'Not A Code');
  await press(page, 'main form button');
  assert.equal(await page.locator('[aria-invalid]').count(), 3);
  await look(page, 'feeds-new-fault');
  await page.fill('#code', 'scans');
  await page.fill('#name', 'Example scans');
  await page.selectOption('#format', 'schema');
  await page.fill('#file', 'schema.json');
  await page.fill('#quota_rows', '1000000');
  await press(page, 'main form[action$="/sources"] button');
  assert.match(await text(page), /Example scans/);
  await page.check('#complete');
  await press(page, 'main form[action$="/sources/1"] button');
  assert.ok(await page.isChecked('#complete'));
  faults.none();
  await close();
});

test('a report is sent by keyboard alone, without scripts, and seen taken in', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: NARROW });
  await signIn(page, cairn.url, person(cairn.lines, 'hana'));
  await page.goto(`${cairn.url}${HOME}`);
  await tabTo(page, `main a[href="${HOME}/upload"]`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await tabTo(page, 'main form button');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await text(page), /Choose a file/);
  await look(page, 'feeds-upload-fault');
  await tabTo(page, '#source');
  await page.keyboard.press('Home');
  await page.setInputFiles('#file', { name: NAME, mimeType: 'text/csv', buffer: Buffer.from(ROWS) });
  await tabTo(page, 'main form button');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(page.url(), /\/desk\/feeds\/reports\/1$/);
  await until(page, /taken in, with rows not read/);
  assert.match(await text(page), /Rows 3 Observations 2 Not read 1/);
  await look(page, 'feeds-report');
  // The same file again is told so.
  await page.goto(`${cairn.url}${HOME}/upload`);
  await page.setInputFiles('#file', { name: NAME, mimeType: 'text/csv', buffer: Buffer.from(ROWS) });
  await press(page, 'main form button');
  assert.match(await text(page), /We had this report already/);
  await look(page, 'feeds-had');
  faults.none();
  await close();
});

test('what could not be read is shown as text, and read again after the schema is mended', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await signIn(page, cairn.url, person(cairn.lines, 'hana'));
  await page.goto(`${cairn.url}${HOME}/quarantine`);
  await page.click('main summary');
  assert.match(await text(page), /convert_int/);
  assert.equal(await page.locator('main b').count(), 0, 'a row is no markup');
  assert.match(await text(page), /hxxp:\/\/bad\[\.\]example/);
  await look(page, 'feeds-quarantine');
  schema(true);
  await press(page, 'main section form button');
  await until(page, /taken in/);
  assert.match(await text(page), /Observations 1/);
  await page.goto(`${cairn.url}${HOME}/quarantine`);
  assert.match(await text(page), /Every row was read/);
  faults.none();
  await close();
});

test('the pages of machine reports, in both languages', async () => {
  const { page, faults, close } = await at(cairn, 'leilani', true);
  await visitAll(cairn, page, [
    HOME, `${HOME}/upload`, `${HOME}/quarantine`, `${HOME}/reports/1`, `${HOME}/reports/2`, `${HOME}/sources/1`, `${HOME}/sources/new`,
    ...['folder', 'mail', 'pull', 'shadowserver'].map((kind) => `${HOME}/sources/new?kind=${kind}`),
  ], 'feeds');
  faults.none();
  await close();
});

test('an administrator sees sources and not what reports hold', async () => {
  const { page, faults, close } = await at(cairn, 'oliver', false);
  await page.goto(`${cairn.url}${HOME}`);
  assert.match(await text(page), /Example scans/);
  assert.equal(await page.locator(`main a[href="${HOME}/quarantine"]`).count(), 0);
  const answer = await page.goto(`${cairn.url}${HOME}/quarantine`);
  assert.equal(answer.status(), 403);
  faults.none();
  await close();
});
