// Mail in both directions: messages as reporters' programs write them, and a real mail server (Debian's python3-aiosmtpd)
// that takes what the program sends, with Python's own parser to read it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INNER_ADDRESS } from './plan.mjs';

const PYTHON = '/usr/bin/python3';
const START_MAX_MS = 30_000;
/** Bytes of one encoded word before its encoding (RFC 2047 allows 75 of the whole). */
const WORD_BYTES_MAX = 42;

/** A text as encoded words (RFC 2047), cut between characters. */
export function words(text) {
  const parts = [''];
  for (const sign of text) {
    if (Buffer.byteLength(parts.at(-1) + sign) > WORD_BYTES_MAX) parts.push('');
    parts[parts.length - 1] += sign;
  }
  return parts.map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
}

const base64 = (text) => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n');
/** RFC 2231. */
const extended = (text) => encodeURIComponent(text).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

function part(type, text) {
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(text)}`;
}

function multipart(kind, edge, parts) {
  return `Content-Type: multipart/${kind}; boundary="${edge}"\r\n\r\n--${edge}\r\n${parts.join(`\r\n--${edge}\r\n`)}\r\n--${edge}--`;
}

/** The message that a reporter sends or forwards, as bytes. */
export function message(one) {
  const texts = [part('text/html', one.text('html'))];
  if (one.fields.body) texts.unshift(part('text/plain', one.text('body')));
  const parts = [
    multipart('alternative', 'texts', texts),
    `Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''${extended(one.text('file_name'))}\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${base64(`file of mail ${one.no}`)}`,
  ];
  if (one.fields.inner_body) {
    const inner =
      `From: ${words(one.text('inner_from'))} <${INNER_ADDRESS}>\r\nSubject: ${words(one.text('inner_subject'))}\r\n` +
      part('text/plain', one.text('inner_body'));
    parts.push(`Content-Type: message/rfc822\r\n\r\n${inner}`);
  }
  const raw = one.text('raw_header');
  const head = [
    `From: ${words(one.text('from_name'))} <reporter${one.no}@example.org>`,
    `Subject: ${words(one.text('subject'))}`,
    `Message-ID: <${one.no}@example.org>`,
    `To: ${raw}`,
    `Reply-To: ${raw}`,
    `Sender: ${raw}`,
    `X-Mailer: ${raw}`,
    `Received: ${raw}`,
    `Authentication-Results: ${raw}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n${multipart('mixed', 'outer', parts)}\r\n`);
}

/** Writes messages into a maildir's `new`, named so that they are taken in order. */
export function maildir(folder, messages) {
  for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  for (const [at, bytes] of messages.entries()) {
    writeFileSync(join(folder, 'new', `${String(at).padStart(6, '0')}.example`), bytes);
  }
}

let taken = 0;

/** A port that is free: below those that systems give to whoever asks for any, and another for each process. */
async function freePort() {
  for (;;) {
    const port = 10000 + ((process.pid * 8 + taken) % 20000);
    taken += 1;
    const server = createServer();
    const free = new Promise((resolve) => server.on('listening', () => resolve(true)).on('error', () => resolve(false)));
    server.listen(port, '127.0.0.1');
    if (!(await free)) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.end('QUIT\r\n'));
  });
}

// Headers in order, defects that the parser found, and the body decoded, of each message of a folder.
const READER = `
import email, email.policy, json, os, sys
folder = sys.argv[1]
for name in sorted(os.listdir(folder)):
    raw = open(os.path.join(folder, name), 'rb').read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [str(defect) for part in message.walk() for defect in part.defects]
    parts += [str(defect) for value in message.values() for defect in getattr(value, 'defects', [])]
    print(json.dumps({
        'name': name, 'headers': [[key, str(value)] for key, value in message.items()], 'defects': parts,
        'multipart': message.is_multipart(), 'type': message.get_content_type(),
        'body': '' if message.is_multipart() else message.get_content(),
    }))
`;

/** A mail server on loopback that takes every message. */
export class MailServer {
  static async start() {
    const server = new MailServer();
    server.port = await freePort();
    server.folder = mkdtempSync(join(tmpdir(), 'cairn-mail-'));
    const mail = join(server.folder, 'mail');
    const listen = `127.0.0.1:${server.port}`;
    // `-u`: with SMTPUTF8, so that addresses beyond ASCII are not refused for a reason that others do not have.
    const options = ['-m', 'aiosmtpd', '-n', '-u', '-l', listen, '-c', 'aiosmtpd.handlers.Mailbox', mail];
    server.child = spawn(PYTHON, options, { stdio: 'ignore' });
    const ended = new Promise((resolve) => server.child.on('exit', resolve).on('error', resolve));
    server.ended = ended;
    let code = 'none';
    ended.then((value) => (code = value));
    for (const begun = Date.now(); !(await answers(server.port)); ) {
      const late = Date.now() - begun > START_MAX_MS;
      if (late || code !== 'none') throw new Error(`no mail server (python3-aiosmtpd): ${code}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return server;
  }

  get url() {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** How many messages came. */
  get count() {
    return readdirSync(join(this.folder, 'mail', 'new')).length;
  }

  /** Waits until so many messages came. */
  async arrived(count, most_ms) {
    for (const begun = Date.now(); this.count < count; ) {
      if (Date.now() - begun > most_ms) throw new Error(`${this.count} of ${count} mails came`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** What came, read by Python's parser. */
  messages() {
    const options = { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 };
    const lines = execFileSync(PYTHON, ['-c', READER, join(this.folder, 'mail', 'new')], options);
    return lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  /** One of them as it came. */
  raw({ name }) {
    return readFileSync(join(this.folder, 'mail', 'new', name), 'utf8');
  }

  async stop() {
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    await this.ended;
    clearTimeout(late);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a mail server does with a message for the service: hands it over by LMTP (RFC 2033). Gives the last answer. */
export function lmtp(port, { from = '', to, bytes }) {
  const stuffed = bytes.toString('latin1').replace(/^\./gm, '..');
  const lines = ['LHLO mx.example', `MAIL FROM:<${from}>`, ...to.map((one) => `RCPT TO:<${one}>`), 'DATA', `${stuffed}\r\n.`, 'QUIT'];
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    const answered = [];
    socket.setEncoding('latin1').on('error', reject);
    socket.on('close', () => resolve(answered.at(-2) ?? ''));
    socket.on('data', (text) => {
      said += text;
      for (let end = said.indexOf('\r\n'); end >= 0; end = said.indexOf('\r\n')) {
        const line = said.slice(0, end);
        said = said.slice(end + 2);
        if (line[3] === '-') continue;
        answered.push(line);
        const next = lines.shift();
        if (next !== undefined) socket.write(Buffer.from(`${next}\r\n`, 'latin1'));
      }
    });
  });
}

/** A port that nobody listens on. */
export { freePort };
