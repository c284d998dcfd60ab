// Notices to owners of machines, the whole road: a report is taken in, the owner is told by real mail that GnuPG opens, answers under the
// secret link without scripts and by keyboard, and the next day's report lacks the row: gone, and the time until then counted and shown.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { keyboardVisible } from '../lib/checks.mjs';
import { MailServer } from '../lib/mail.mjs';
import { at, look, text, visitAll } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const ARRIVAL_MAX_MS = 180_000;
const HOME = '/desk/notices';
const OWNER = 'soc@harbour.example';
let post;

const cairn = world(async () => {
  post = await MailServer.start();
  const settings = { 'mail.smtp': post.url, 'mail.from': 'Reports <report@cert.example>' };
  return Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
});
after(() => post?.stop());

const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const header = (mail, name) => mail.headers.find(([key]) => key.toLowerCase() === name)?.[1];

/** A source whose reports tell all there is, made by a lead. */
async function source() {
  const folder = join(cairn.data, 'data', 'feeds');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'list.toml'), `
[[column]]
name = "time"
to = "time.source"
[[column]]
name = "ip"
to = "source.ip"
required = true
[[column]]
name = "port"
to = "source.port"
[constants]
"classification.type" = "vulnerable-system"
"classification.identifier" = "open-telnet"
`);
  const { page, faults, close } = await at(cairn, 'leilani', false);
  await page.goto(`${cairn.url}/desk/feeds/sources/new?kind=upload`);
  await page.fill('#code', 'example');
  await page.fill('#name', 'Telnet that answers');
  await page.selectOption('#format', 'csv');
  await page.fill('#file', 'list.toml');
  await page.fill('#feed', 'telnet');
  await page.check('#complete');
  await press(page, 'main form[action$="/sources"] button');
  faults.none();
  await close();
}

/** Sends a report by the page, without scripts: a table of addresses. Waits until it was taken in. */
async function take(name, addresses) {
  const seen = new Date().toISOString();
  const table = ['time,ip,port', ...addresses.map((ip) => `${seen},${ip},23`)].join('\n');
  const { page, faults, close } = await at(cairn, 'hana', false);
  await page.goto(`${cairn.url}/desk/feeds/upload`);
  await page.setInputFiles('#file', { name: `${name}.csv`, mimeType: 'text/csv', buffer: Buffer.from(`${table}\n`) });
  await press(page, 'main form button');
  await until('a report that was taken in', async () => {
    await page.reload();
    return (await text(page)).includes(`Observations ${addresses.length}`);
  });
  faults.none();
  await close();
}

/** The owner's GnuPG. */
class Gpg {
  constructor(user) {
    this.home = mkdtempSync(join(tmpdir(), 'g'));
    chmodSync(this.home, 0o700);
    this.run(['--quick-generate-key', user, 'future-default', 'default', '1y']);
  }

  run(args, input = '') {
    const env = { ...process.env, GNUPGHOME: this.home };
    const all = ['--batch', '--yes', '--status-fd', '2', '--pinentry-mode', 'loopback', '--passphrase', '', '--trust-model', 'always', ...args];
    return spawnSync('gpg', all, { env, input, encoding: 'utf8' });
  }

  end() {
    execFileSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, GNUPGHOME: this.home } });
    rmSync(this.home, { recursive: true, force: true });
  }
}

async function until(what, look) {
  for (const begun = Date.now(); ; ) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() - begun < ARRIVAL_MAX_MS, what);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const decoded = (part) => Buffer.from(
  part.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/g, (_, byte) => String.fromCharCode(Number.parseInt(byte, 16))),
  'latin1',
).toString('utf8');

const BOOK = `
[limits]
mails_hour = 100

[[rule]]
name = "Their own scanners"
when = { type = ["scanner"] }
silent = "they asked us not to"

[[rule]]
name = "Open telnet"
when = { type = ["vulnerable-system"], identifier = ["open-telnet"] }
tell = { class = "exposed", role = ["security"], template = "exposed", format = "csv", hours = 24, tlp = "amber" }
`;

const owner = { link: '', number: '', home: '' };
after(() => owner.gpg?.end());

test('the owner and the book of rules: written, tried out, and switched on by a second person', async () => {
  const key = new Gpg(`Owner <${OWNER}>`);
  owner.gpg = key;
  const { page, faults, close } = await at(cairn, 'hana', false);
  await page.goto(`${cairn.url}/desk/constituents/new`);
  await page.fill('#name', 'Example Harbour');
  await page.fill('#language', 'mi');
  await press(page, 'main form[action="/desk/constituents"] button');
  owner.home = page.url();
  await page.fill('#assets', '203.0.113.64/27');
  await press(page, 'main button[name=do][value=add]');
  await page.selectOption('#role', 'security');
  await page.fill('#email', OWNER);
  await page.fill('#key', key.run(['--armor', '--export']).stdout);
  await press(page, 'main form[action$="/contact"] button');
  await source();
  await take('first', ['203.0.113.65', '198.51.100.7']);
  await page.goto(`${cairn.url}${HOME}/rules`);
  assert.match(await text(page), /There is no book of rules yet/);
  await look(page, 'notices-book-empty');
  await page.fill('#text', '[[rule]]\nname = "x"');
  await press(page, 'main form[action$="/rules"] button');
  assert.match(await text(page), /either `tell` or `silent`/);
  await look(page, 'notices-book-fault');
  await page.fill('#text', BOOK);
  await press(page, 'main form[action$="/rules"] button');
  await press(page, 'main form[action$="/try"] button');
  assert.match(await text(page), /2 observations were looked at; 2 different ones would have been told.*Example Internet Open telnet exposed 1 no contact with this role.*Example Harbour Open telnet exposed 1 would be told/);
  await press(page, 'main form[action$="/ask"] button');
  await look(page, 'notices-book');
  faults.none();
  await close();
  const lead = await at(cairn, 'leilani', true);
  await lead.page.goto(`${cairn.url}${HOME}/rules`);
  await lead.page.focus('main form[action$="/on"] button');
  await Promise.all([lead.page.waitForNavigation(), lead.page.keyboard.press('Enter')]);
  assert.match(await text(lead.page), /On: version 1/);
  lead.faults.none();
  await lead.close();
});

test('a report is taken in, and the owner is told by mail that GnuPG opens', async () => {
  await take('day-one', ['203.0.113.65', '203.0.113.66', '198.51.100.7']);
  const mail = await until('a mail to the owner', () => post.messages().find((one) => header(one, 'to') === OWNER));
  assert.equal(header(mail, 'subject'), '...');
  const raw = post.raw(mail);
  const opened = owner.gpg.run(['--decrypt'], raw.slice(raw.indexOf('-----BEGIN PGP MESSAGE')));
  assert.match(opened.stderr, /DECRYPTION_OKAY/);
  const said = decoded(opened.stdout);
  assert.match(said, /Tapanga: TLP:AMBER/);
  assert.match(said, /203\[\.\]0\[\.\]113\[\.\]65|203\.0\.113\.65/);
  const file = /filename="(notice-[0-9-]+\.csv)"[\s\S]*?\r?\n\r?\n([A-Za-z0-9+/=\r\n]+)/.exec(opened.stdout);
  const table = Buffer.from(file[2], 'base64').toString('utf8');
  assert.match(table, /"1","new",.*"203\.0\.113\.65","23"/);
  assert.doesNotMatch(table, /198\.51\.100/);
  const link = /https?:\/\/\S+\/n\/((\d{8}-\d{8})-[0-9A-Z]+)/.exec(said);
  [owner.link, owner.number] = [`${cairn.url}/n/${link[1]}`, link[2]];
  const { page, faults, close } = await at(cairn, 'hana', false);
  await visitAll(cairn, page, [
    HOME, `${HOME}?state=sent`, `${HOME}/${owner.number}`, `${HOME}/rules`, `${HOME}/why`, `${HOME}/why?q=203.0.113.65`, `${HOME}/why?q=198.51.100.7`,
  ], 'notices');
  await page.goto(`${cairn.url}${HOME}/${owner.number}`);
  assert.match(await text(page), /encrypted and signed/);
  await page.goto(`${cairn.url}${HOME}/why?q=203.0.113.65`);
  assert.match(await text(page), /told Judged .*Open telnet/);
  await page.goto(`${cairn.url}${HOME}/why?q=198.51.100.7`);
  assert.match(await text(page), /no contact with this role and a mailbox/);
  await page.goto(`${cairn.url}${HOME}`);
  await keyboardVisible(page);
  faults.none();
  await close();
});

test('a program of the owner fetches the rows by a token that is shown once, and answers', async () => {
  const { page, faults, close } = await at(cairn, 'hana', false);
  await page.goto(owner.home);
  await press(page, 'main form[action$="/tokens"] button');
  assert.match(await text(page), /Enter a name/);
  await look(page, 'notices-token-fault');
  await page.fill('#token-name', 'Their SIEM');
  await press(page, 'main form[action$="/tokens"] button');
  const token = /cairn_owner_[0-9A-Za-z]+/.exec(await text(page))[0];
  await look(page, 'notices-token-shown');
  await page.goto(owner.home);
  assert.doesNotMatch(await text(page), /cairn_owner_/, 'shown once');
  await look(page, 'notices-token');
  const ask = (path, shown = token, more = {}) => fetch(`${cairn.url}/api/v1/owner/${path}`, { headers: { authorization: `Bearer ${shown}`, ...more.headers }, ...more.init });
  const rows = await until('rows', async () => {
    const answer = await ask('rows');
    assert.equal(answer.status, 200);
    const body = await answer.text();
    return body && { body, next: answer.headers.get('cairn-next'), more: answer.headers.get('cairn-more') };
  });
  const events = rows.body.trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(events.map((event) => event['source.ip']), ['203.0.113.65', '203.0.113.66']);
  assert.equal(events[0]['extra.notice.number'], owner.number);
  assert.equal(rows.more, '0');
  assert.equal(await (await ask(`rows?since=${rows.next}`)).text(), '', 'what was fetched does not come again');
  assert.match(await (await ask('rows?format=csv')).text(), /^"notice","tlp","row"/);
  const list = await (await ask('notices')).json();
  assert.deepEqual([list.notices.length, list.notices[0].number, list.next], [1, owner.number, rows.next]);
  const say = (body, number = owner.number, shown = token) =>
    ask(`notices/${number}/answers`, shown, { headers: { 'content-type': 'application/json' }, init: { method: 'POST', body: JSON.stringify(body) } });
  assert.equal((await say({ rows: [{ row: 1, answer: 'maybe' }] })).status, 422);
  assert.equal((await say({ rows: [{ row: 3, answer: 'fixed' }] })).status, 422);
  assert.equal((await say({})).status, 422);
  assert.equal((await say({ all: 'fixed' }, '20200101-00000001')).status, 404);
  for (const wrong of ['cairn_owner_x', '', token.slice(0, -1)]) {
    assert.equal((await ask('rows', wrong)).status, 401);
    assert.equal((await say({ all: 'fixed' }, owner.number, wrong)).status, 401);
  }
  assert.equal((await ask('rows?since=x')).status, 400);
  assert.equal((await say({ rows: [{ row: 1, answer: 'working' }], note: 'By our SIEM.' })).status, 204);
  await page.goto(`${cairn.url}${HOME}/${owner.number}`);
  assert.match(await text(page), /By our SIEM\./);
  await page.goto(owner.home);
  await press(page, 'main form[action$="/end"] button');
  assert.equal((await ask('rows')).status, 401, 'ended');
  faults.none();
  await close();
});

test('a certificate for S/MIME stands with a contact: as a file, with its fingerprint and what is to be minded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smime'));
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  openssl('req', '-x509', '-nodes', '-newkey', 'rsa:2048', '-days', '30', '-subj', '/O=Example Harbour/CN=Noc', '-addext', 'subjectAltName=email:noc@harbour.example',
    '-addext', 'keyUsage=keyEncipherment', '-keyout', 'key.pem', '-out', 'cert.pem');
  const der = openssl('x509', '-in', 'cert.pem', '-outform', 'DER');
  const print = /=([0-9A-F:]+)/.exec(openssl('x509', '-in', 'cert.pem', '-noout', '-fingerprint', '-sha256').toString())[1];
  const { page, faults, close } = await at(cairn, 'hana', false);
  const send = async (email, name, buffer) => {
    await page.goto(owner.home);
    await page.selectOption('#role', 'technical');
    await page.fill('#email', email);
    await page.setInputFiles('#certificate_file', { name, mimeType: 'application/octet-stream', buffer });
    await press(page, 'main form[action$="/contact"] button');
  };
  await send('noc@harbour.example', 'key.pem', readFileSync(join(folder, 'key.pem')));
  assert.match(await text(page), /This is a private key/);
  assert.doesNotMatch(await page.content(), /PRIVATE KEY/, 'it is not shown again');
  await look(page, 'notices-certificate-fault');
  await send('noc@harbour.example', 'cert.der', der);
  const said = await text(page);
  assert.ok(said.includes(print), said);
  assert.match(said, /CN=Noc.*noc@harbour\.example/);
  assert.doesNotMatch(said, /does not name this mailbox/);
  await send('other@harbour.example', 'cert.der', der);
  assert.match(await text(page), /does not name this mailbox/);
  await look(page, 'notices-certificate');
  rmSync(folder, { recursive: true, force: true });
  faults.none();
  await close();
});

test('nothing is seen without the secret', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  for (const address of [`${cairn.url}/notice`, `${cairn.url}/n/${owner.number}-${'0'.repeat(26)}`, `${cairn.url}/n/x`]) {
    const answer = await page.goto(address);
    assert.equal(answer.status(), 404, address);
    assert.match(await text(page), /This link opens nothing/);
  }
  await look(page, 'notices-closed');
  faults.none();
  await close();
});

for (const scripts of [false, true]) {
  test(`the owner answers by the link, ${scripts ? 'by keyboard' : 'without scripts'}`, async () => {
    const { page, faults, close } = await cairn.open({ scripts });
    await page.goto(owner.link);
    assert.equal(new URL(page.url()).pathname, '/notice', 'the secret leaves the address');
    assert.equal(await page.locator('html').getAttribute('lang'), 'mi', "in the owner's language");
    assert.match(await text(page), /Example Harbour/);
    await look(page, `notices-owner-mi-${scripts}`);
    await page.goto(`${cairn.url}/notice?lang=en`);
    await look(page, `notices-owner-en-${scripts}`);
    await press(page, 'main form[action="/notice/answer"] button');
    assert.match(await text(page), /Choose an answer/);
    await look(page, `notices-owner-fault-${scripts}`);
    if (scripts) {
      await page.focus('#all');
      await page.keyboard.press('ArrowDown');
      await page.focus('#note');
      await page.keyboard.type('Closed in the firewall <b>today</b>.');
      await page.keyboard.press('Tab');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      assert.match(await text(page), /Thank you.*all rows: fixed/);
      assert.equal(await page.locator('main b').count(), 0, 'a note is no markup');
    } else {
      await page.selectOption('#row-2', 'working');
      await press(page, 'main form[action="/notice/answer"] button');
      assert.match(await text(page), /Thank you.*row 2: working on it/);
    }
    await look(page, `notices-owner-done-${scripts}`);
    faults.none();
    await close();
  });
}

test("the next day's report lacks a row: it is gone, and the time until then is counted and shown", async () => {
  await take('day-two', ['203.0.113.66']);
  const { page, faults, close } = await at(cairn, 'hana', false);
  const one = `${cairn.url}${HOME}/${owner.number}`;
  await until('a row that is gone', async () => {
    await page.goto(one);
    return /gone, \d/.test(await text(page));
  });
  const said = await text(page);
  assert.match(said, /From notice to gone Median: .*minute/);
  assert.match(said, /row 2: working on it/);
  assert.match(said, /Closed in the firewall <b>today<\/b>/);
  await look(page, 'notices-one-gone');
  await page.goto(`${cairn.url}${HOME}`);
  const list = await text(page);
  assert.match(list, /From notice to gone .*All .*1 .*1 .*minute/);
  assert.match(list, /Class: exposed/);
  await look(page, 'notices-times');
  // The owner sees it too.
  await page.goto(owner.link);
  await page.goto(`${cairn.url}/notice?lang=en`);
  assert.match(await text(page), /new, \d[^.]* gone, \d/);
  faults.none();
  await close();
});
