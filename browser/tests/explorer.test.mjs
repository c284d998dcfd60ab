// The event explorer: a line of filters, facets as links, a day, an address, a row; by keyboard, without scripts, on a phone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PHONE } from '../lib/browser.mjs';
import { person, signIn } from '../lib/people.mjs';
import { at, look, text, visitAll } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const HOME = '/desk/explorer';
const DAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const address = (ip) => `${HOME}/address/ip/${Buffer.from(ip).toString('base64url')}`;

// Some hundred rows of yesterday and the days before.
test('machine reports are taken in beside the running server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-explorer-'));
  const mapping = join(folder, 'mapping.toml');
  writeFileSync(mapping, `header_lines = 1
[[column]]
name = "seen"
to = "time.source"
[[column]]
name = "ip"
to = "source.ip"
[[column]]
name = "port"
to = "source.port"
[[column]]
name = "type"
to = "classification.type"
[[column]]
name = "malware"
to = "malware.name"
[[column]]
name = "cc"
to = "source.geolocation.cc"
[[column]]
name = "asn"
to = "source.asn"
[[column]]
name = "severity"
to = "severity"
[[column]]
name = "host"
to = "source.fqdn"
`);
  for (let back = 3; back > 0; back -= 1) {
    const day = new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
    const rows = ['seen,ip,port,type,malware,cc,asn,severity,host'];
    for (let n = 0; n < 120; n += 1) {
      const type = ['scanner', 'vulnerable-system', 'brute-force'][n % 3];
      const malware = n % 10 === 0 ? '<img src=x onerror=alert(1)>' : '';
      rows.push(`${day} ${String(n % 24).padStart(2, '0')}:10:00+00:00,192.0.2.${n % 60 + 1},${[22, 443, 3389][n % 3]},${type},${malware},${['NZ', 'AU'][n % 2]},${64496 + n % 5},${['high', 'low'][n % 2]},host-${n % 60}.shop.example`);
    }
    const file = join(folder, `list-${day}.csv`);
    writeFileSync(file, `${rows.join('\n')}\n`);
    execFileSync(process.env.CAIRN_BIN, ['feeds', 'ingest', '--data', join(cairn.data, 'data'), '--source', 'example', '--format', 'csv', '--mapping', mapping, '--feed', 'feed.name=list', file], { stdio: 'pipe' });
  }
});

test('the pages, in both languages, light and dark, wide and narrow', async () => {
  const { page, faults, close } = await at(cairn, 'hana', true);
  await page.goto(`${cairn.url}${HOME}`);
  assert.match(await text(page), /360 observations, 60 of them new/);
  await visitAll(cairn, page, [
    HOME, `${HOME}?q=type:scanner+cc:NZ`, `${HOME}?q=nonsense`, `${HOME}?q=state:gone`, `${HOME}?q=state:gone+ip:192.0.2.7`, `${HOME}?q=state:gone+cc:NZ`, `${HOME}?q=since:${DAY}+until:${DAY}`,
    `${HOME}?q=ip:192.0.2.0/28`, `${HOME}/day/${DAY}`, `${HOME}/day/2001-01-01`, address('192.0.2.7'), address('203.0.113.99'),
  ], 'explorer');
  faults.none();
  await close();
});

test('facets narrow and widen, on a phone, without scripts', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: PHONE });
  await signIn(page, cairn.url, person(cairn.lines, 'hana'));
  await page.goto(`${cairn.url}${HOME}`);
  await press(page, 'main .facet a[title="Only scanner"]');
  assert.match(await text(page), /120 observations/);
  await press(page, 'main .facet a[title="Only NZ"]');
  assert.match(await text(page), /60 observations/);
  assert.equal(await page.inputValue('#q'), 'type:scanner cc:NZ');
  await look(page, 'explorer-narrowed');
  await press(page, 'main .chips li:first-child a.off');
  assert.match(await text(page), /180 observations/);
  faults.none();
  await close();
});

test('what is new, was seen before and is gone, with the buttons in a row', async () => {
  const { page, faults, close } = await at(cairn, 'hana', false);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${cairn.url}${HOME}`);
  const tops = await page.locator('main form.filters .buttons > *').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  assert.equal(tops.length, 2);
  assert.equal(tops[0], tops[1], 'beside each other');
  await press(page, 'main .facet a[title="Only new"]');
  assert.equal(await page.inputValue('#q'), 'state:new');
  assert.match(await text(page), /60 observations/);
  await press(page, 'main .facet a[title="Only seen before"]');
  assert.match(await text(page), /300 observations/);
  await press(page, 'main .facet a[title="Only gone"]');
  assert.equal(await page.inputValue('#q'), 'state:gone');
  assert.match(await text(page), /What is gone/);
  await look(page, 'explorer-gone');
  await page.goto(`${cairn.url}${HOME}?q=state:gone+ip:192.0.2.7`);
  assert.match(await text(page), /Nothing of it is gone/);
  await press(page, 'main a[href*="/address/ip/"]');
  assert.match(await text(page), /No case names it/);
  faults.none();
  await close();
});

test('a line that is not understood is kept and said, by keyboard', async () => {
  const { page, faults, close } = await at(cairn, 'hana', true);
  await page.goto(`${cairn.url}${HOME}`);
  await page.focus('#q');
  await page.keyboard.type('typ:scanner cc:NZ');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.equal(await page.inputValue('#q'), 'typ:scanner cc:NZ');
  assert.match(await text(page), /type:/);
  assert.equal(await page.locator('[aria-invalid]').count(), 1);
  assert.doesNotMatch(await text(page), /\d+ observations, /);
  await look(page, 'explorer-fault');
  faults.none();
  await close();
});

test('rows lead to an address and to the row as it came, as text', async () => {
  const { page, faults, close } = await at(cairn, 'hana', true);
  await page.goto(`${cairn.url}${HOME}?q=malware:"<img src=x onerror=alert(1)>"`);
  assert.match(await text(page), /36 observations/);
  assert.equal(await page.locator('main img').count(), 0, 'a name is no markup');
  await press(page, 'main table.stack a[href*="/row/"]');
  assert.match(await text(page), /<img src=x onerror=alert\(1\)>/);
  assert.equal(await page.locator('main img').count(), 0);
  await look(page, 'explorer-row');
  await page.goBack();
  await press(page, 'main table.stack a[href*="/address/ip/"]');
  assert.match(await text(page), /example list/);
  await look(page, 'explorer-address');
  await press(page, 'main a[href^="/desk/observables/ip/"]');
  assert.match(await text(page), /Seen by machines/);
  await look(page, 'explorer-observable');
  faults.none();
  await close();
});

test('tables are taken, and nothing in them is a formula', async () => {
  const { page, close } = await at(cairn, 'hana', true);
  await page.goto(`${cairn.url}${HOME}?q=type:scanner`);
  const take = async (selector) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
    return readFileSync(await download.path(), 'utf8');
  };
  const table = await take('main a[href^="/desk/explorer.csv"]');
  assert.equal(table.trim().split('\n').length, 121);
  assert.doesNotMatch(table, /(^|,)[=+@]/m);
  assert.match(table, /shop\[\.\]example/);
  const figures = JSON.parse(await take('main a[href^="/desk/explorer.json"]'));
  assert.deepEqual([figures.count, figures.rows.length], [120, 120]);
  await close();
});
