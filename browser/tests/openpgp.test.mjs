// Encrypted mail: GnuPG on the other side, real servers both ways, the page with our key, the keys of a reporter, and an answer that
// leaves encrypted, with scripts and without.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort, lmtp, MailServer } from '../lib/mail.mjs';
import { at, look, text } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const EXAMPLE = JSON.parse(readFileSync(new URL('../../forms/nz/example.json', import.meta.url), 'utf8'));
const ARRIVAL_MAX_MS = 180_000;
let post;
let door;

const cairn = world(async () => {
  post = await MailServer.start();
  door = await freePort();
  const settings = {
    'mail.smtp': post.url,
    'mail.from': 'Reports <report@cert.example>',
    'mail.reply_to': 'report+{tag}@cert.example',
    'mail.lmtp_listen': `127.0.0.1:${door}`,
  };
  return Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
});
after(() => post?.stop());

/** Somebody with GnuPG, in a home of their own. */
class Gpg {
  constructor(user, ourKey) {
    this.home = mkdtempSync(join(tmpdir(), 'g'));
    chmodSync(this.home, 0o700);
    this.run(['--quick-generate-key', user, 'future-default', 'default', '1y']);
    this.run(['--import'], ourKey);
  }

  run(args, input = '') {
    const env = { ...process.env, GNUPGHOME: this.home };
    const all = ['--batch', '--yes', '--status-fd', '2', '--pinentry-mode', 'loopback', '--passphrase', '', '--trust-model', 'always', ...args];
    return spawnSync('gpg', all, { env, input, encoding: 'utf8' });
  }

  public() {
    return this.run(['--armor', '--export']).stdout;
  }

  end() {
    execFileSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, GNUPGHOME: this.home } });
    rmSync(this.home, { recursive: true, force: true });
  }
}

const encrypted = (fields, sealed) =>
  `${fields}\nMIME-Version: 1.0\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e\n\n` +
  `--e\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--e\nContent-Type: application/octet-stream\n\n${sealed}\n--e--\n`;

const header = (mail, name) => mail.headers.find(([key]) => key.toLowerCase() === name)?.[1];

async function mailed(email, count) {
  for (const begun = Date.now(); ; ) {
    const found = post.messages().filter((mail) => header(mail, 'to') === email);
    if (found.length >= count) return found;
    assert.ok(Date.now() - begun < ARRIVAL_MAX_MS, `${found.length} of ${count} mails to ${email}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function report(email) {
  const body = structuredClone(EXAMPLE);
  body.contact = { name: 'Ana', email };
  const answer = await fetch(`${cairn.url}/api/v1/reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

const send = async (from, to, message) =>
  assert.match(await lmtp(door, { from, to: [to], bytes: Buffer.from(message.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n')) }), /^250 /);

test('the key of the service is on its page and where mail programs look', async () => {
  const { page, faults, close } = await cairn.open();
  await page.goto(`${cairn.url}/openpgp`);
  const print = (await page.innerText('#fingerprint')).trim();
  assert.match(print, /^([0-9A-F]{4} ){9}[0-9A-F]{4}$/);
  await look(page, 'openpgp');
  const key = await (await fetch(`${cairn.url}/openpgp.asc`)).text();
  const ana = new Gpg('Ana <ana@home.example>', key);
  try {
    assert.match(ana.run(['--fingerprint', 'report@cert.example']).stdout.replaceAll(/ +/g, ' '), new RegExp(print));
    const hash = ana.run(['--with-wkd-hash', '--list-keys', 'report@cert.example']).stdout.match(/([a-z0-9]{32})@cert\.example/)[1];
    for (const path of [`hu/${hash}`, `cert.example/hu/${hash}`]) {
      const found = await fetch(`${cairn.url}/.well-known/openpgpkey/${path}`);
      assert.equal(found.headers.get('content-type'), 'application/octet-stream');
      assert.equal(Buffer.from(await found.arrayBuffer())[0] & 0x80, 0x80);
    }
    assert.equal((await fetch(`${cairn.url}/.well-known/openpgpkey/policy`)).status, 200);
    assert.equal((await fetch(`${cairn.url}/.well-known/openpgpkey/hu/${'y'.repeat(32)}`)).status, 404);
  } finally {
    ana.end();
  }
  faults.none();
  await close();
});

for (const scripts of [false, true]) {
  test(`an encrypted message is read and answered encrypted, ${scripts ? 'with' : 'without'} scripts`, async () => {
    const email = `ana${scripts ? 3 : 2}@home.example`;
    const key = await (await fetch(`${cairn.url}/openpgp.asc`)).text();
    const ana = new Gpg(`Ana <${email}>`, key);
    try {
      const { reference } = await report(email);
      const tagged = header((await mailed(email, 1))[0], 'reply-to');
      const inner = 'Content-Type: text/plain; charset=utf-8\r\nSubject: Real\r\n\r\nTēnā koe, it was on Monday.\r\n';
      const sealed = ana.run(['--armor', '--encrypt', '--sign', '-r', 'report@cert.example'], inner).stdout;
      await send(email, tagged, encrypted(`From: Ana <${email}>\nTo: ${tagged}\nSubject: ...\nMessage-ID: <1${email}>`, sealed));

      const { page, faults, close } = await at(cairn, 'hana', scripts);
      const address = `${cairn.url}/desk/reports/${reference}`;
      await page.goto(address);
      assert.match(await text(page), /Tēnā koe, it was on Monday/);
      assert.match(await text(page), /Encrypted to us signed by an unknown key/);
      assert.equal(await page.locator('input[name=sealing][value=encrypted]').count(), 0, 'no key yet');
      await look(page, `openpgp-report-${scripts}`);
      // An officer pastes the key, by keyboard; first something else.
      const details = page.locator('details', { hasText: 'Paste a key of the reporter' });
      await details.locator('summary').focus();
      await page.keyboard.press('Enter');
      await page.fill('#key', 'not a key');
      await page.keyboard.press('Tab');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      assert.match(await text(page), /no OpenPGP public key that can be encrypted to/);
      await look(page, `openpgp-wrong-key-${scripts}`);
      await page.fill('#key', ana.public());
      await page.click('form[action$="/keys"] button');
      await page.waitForURL(address);
      assert.match(await text(page), /Seen, not confirmed/);
      await page.click('form[action*="/keys/"] button[value="confirm"]');
      await page.waitForURL(address);
      assert.match(await text(page), /Confirmed Mail is encrypted to it/);
      assert.ok(await page.isChecked('input[name=sealing][value=encrypted]'), 'who writes encrypted is answered encrypted');
      // A plain answer is warned of.
      const form = 'main form[action$="/message"]';
      await page.fill('#text', 'Was it the bank?');
      await page.check('#mail-text');
      await page.check('input[name=sealing][value=plain]');
      await page.click(`${form} button:not([name])`);
      assert.match(await text(page), /The reporter wrote encrypted/);
      await look(page, `openpgp-exposes-${scripts}`);
      await page.click(`${form} button[value="change"]`);
      await page.check('input[name=sealing][value=encrypted]');
      await page.click(`${form} button[value="preview"]`);
      assert.match(await text(page), /How it leaves: Encrypted and signed .*For the key ([0-9A-F]{4} ){10}confirmed/);
      const letter = await page.locator('.preview').last().innerText();
      await look(page, `openpgp-preview-${scripts}`);
      await page.click(`${form} button:not([name])`);
      await page.waitForURL(address);
      const mails = await mailed(email, 2);
      const mail = mails[1];
      assert.equal(header(mail, 'subject'), '...');
      const raw = post.raw(mail);
      const opened = ana.run(['--decrypt'], raw.slice(raw.indexOf('-----BEGIN PGP MESSAGE')));
      assert.match(opened.stderr, /GOODSIG/);
      const decoded = Buffer.from(
        opened.stdout.split('\r\n\r\n').slice(1).join('\r\n\r\n').replaceAll('=\r\n', '')
          .replaceAll(/=([0-9A-F]{2})/g, (_, byte) => String.fromCharCode(Number.parseInt(byte, 16))),
        'latin1',
      ).toString('utf8');
      assert.equal(decoded.replaceAll('\r\n', '\n').trim(), letter.trim(), 'what was shown is what is within');
      await page.goto(address);
      assert.match(await text(page), /Mailed with its text .* Encrypted and signed/);
      faults.none();
      await close();
    } finally {
      ana.end();
    }
  });
}

test('a lead brings the key of an agency, compares its fingerprint, and takes it out of use, with scripts off', async () => {
  const home = mkdtempSync(join(tmpdir(), 'g'));
  chmodSync(home, 0o700);
  const gpg = (args) => execFileSync('gpg', ['--homedir', home, '--batch', '--yes', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  gpg(['--quick-generate-key', 'Police <intake@police.example>', 'future-default', 'default', '10d']);
  const key = gpg(['--armor', '--export']);
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
  rmSync(home, { recursive: true, force: true });
  const lead = await at(cairn, 'leilani', false);
  const page = lead.page;
  await page.goto(`${cairn.url}/desk/agencies`);
  await look(page, 'agencies');
  await page.goto(`${cairn.url}/desk/agencies/police`);
  await page.fill('#key', 'this is no key');
  await page.locator('main form[action$="/keys"] button').click();
  assert.match(await text(page), /Something needs another look.*This is no public key/);
  await page.fill('#key', key);
  await page.locator('main form[action$="/keys"] button').click();
  assert.match(await text(page), /Waits to be compared.*Ends in \d+ days/);
  await look(page, 'agency-key-waits');
  await page.locator('main form[action$="/confirm"] button').click();
  assert.match(await text(page), /Compare the fingerprint first/);
  // By keyboard.
  await page.locator('input[id^="compared-"]').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/desk/agencies/police#keys');
  assert.match(await text(page), /Packages go sealed to it/);
  await page.goto(`${cairn.url}/desk/referrals`);
  assert.match(await text(page), /Keys of agencies need somebody/);
  await page.goto(`${cairn.url}/desk/agencies/police`);
  await page.locator('main form[action$="/drop"] button').first().click();
  assert.match(await text(page), /Taken out of use|out of use/);
  const hana = await at(cairn, 'hana', false);
  await hana.page.goto(`${cairn.url}/desk/agencies/police`);
  assert.equal(await hana.page.locator('#key').count(), 0);
  lead.faults.none();
  hana.faults.none();
  await lead.close();
  await hana.close();
});
