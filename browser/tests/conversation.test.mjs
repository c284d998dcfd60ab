// The conversation with a reporter by mail: real servers both ways, an answer with its preview, canned, masked, with a gap, with
// scripts and without, and what did not arrive.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { press as pressed } from '../lib/browser.mjs';
import { freePort, lmtp, MailServer } from '../lib/mail.mjs';
import { at, look, text } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const EXAMPLE = JSON.parse(readFileSync(new URL('../../forms/nz/example.json', import.meta.url), 'utf8'));
// The example reports are acknowledged first.
const ARRIVAL_MAX_MS = 180_000;
const ACCOUNT = '01-0902-0068389-00';
const CANNED = 'looking';
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

const form = 'main form[action$="/message"]';
const press = (page, value) => pressed(page, value ? `${form} button[value="${value}"]` : `${form} button:not([name])`);

/** A report whose reporter left an address. */
async function report(email) {
  const body = structuredClone(EXAMPLE);
  body.answers.story = `I paid into ${ACCOUNT}, which is somebody else’s. ${body.answers.story}`;
  body.contact = { name: 'Ana', email };
  const answer = await fetch(`${cairn.url}/api/v1/reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

const header = (mail, name) => mail.headers.find(([key]) => key.toLowerCase() === name)?.[1];
const to = (email) => post.messages().filter((mail) => header(mail, 'to') === email);

async function mailed(email, count) {
  for (const begun = Date.now(); ; ) {
    const found = to(email);
    if (found.length >= count) return found;
    assert.ok(Date.now() - begun < ARRIVAL_MAX_MS, `${found.length} of ${count} mails to ${email}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

for (const scripts of [false, true]) {
  test(`an answer is looked at and goes by mail, ${scripts ? 'with' : 'without'} scripts`, async () => {
    const email = `ana${scripts ? 1 : 0}@home.example`;
    const { reference, status_url } = await report(email);
    const [receipt] = await mailed(email, 1);
    const tagged = header(receipt, 'reply-to');
    assert.match(tagged, /^report\+[a-z0-9]{9}\.[a-z2-7]{20}@cert\.example$/);
    // The reporter answers by mail: an entry of the same report.
    const answer = `From: Ana <${email}>\r\nTo: ${tagged}\r\nSubject: Re: x\r\nMessage-ID: <1${email}>\r\n\r\nIt was on Monday.\r\n\r\n> Kia ora\r\n`;
    assert.match(await lmtp(door, { from: email, to: [tagged], bytes: Buffer.from(answer) }), /^250 /);
    assert.match(await lmtp(door, { from: email, to: [tagged], bytes: Buffer.from(answer) }), /^250 /);

    const { page, faults, close } = await at(cairn, 'hana', scripts);
    const address = `${cairn.url}/desk/reports/${reference}`;
    await page.goto(address);
    assert.equal((await page.innerText('main')).split('It was on Monday.').length, 2, 'once');
    assert.match(await text(page), /Reporter, .* By mail/);
    assert.ok(await page.isChecked('#mail-text'), 'who writes by mail is answered by mail');

    await page.selectOption('#canned', 'more');
    await press(page, 'insert');
    assert.match(await page.inputValue('#text'), new RegExp(`Thank you for your report ${reference}`));
    await press(page);
    assert.match(await text(page), /Fill the gap/);
    await look(page, `conversation-gap-${scripts}`);
    await page.fill('#text', '');
    await page.selectOption('#canned', CANNED);
    await press(page, 'insert');
    await page.fill('#text', `${await page.inputValue('#text')}\n\nWe told the bank about ${ACCOUNT}.`);
    // Nothing that the report says of others goes unseen.
    await press(page);
    assert.match(await text(page), /What the reporter will see.*•••00.*Masked/);
    await look(page, `conversation-preview-${scripts}`);
    const shown = await page.locator('.preview').first().locator('.said').innerText();
    const letter = await page.locator('.preview').last().innerText();
    assert.ok(!shown.includes(ACCOUNT));
    await page.check('#keep-0');
    await press(page, 'preview');
    assert.match(await page.locator('.preview').first().innerText(), new RegExp(ACCOUNT));
    await page.uncheck('#keep-0');
    await press(page, 'change');
    assert.match(await page.inputValue('#text'), new RegExp(ACCOUNT), 'what was typed is there to be changed');
    await press(page, 'preview');
    await press(page);
    await page.waitForURL(address);
    const mails = await mailed(email, 2);
    assert.equal(mails[1].body.replaceAll('\r\n', '\n').trim(), letter.trim(), 'what was shown is what went');
    assert.equal(header(mails[1], 'in-reply-to'), `<1${email}>`);
    assert.equal(header(mails[1], 'auto-submitted'), undefined);

    // The status page shows the same.
    const reader = await cairn.open({ scripts });
    await reader.page.goto(new URL(new URL(status_url).pathname, cairn.url).href);
    assert.equal(await reader.page.locator('.from-officer .said').last().innerText(), shown);
    await reader.close();
    await apart(page, { address, tagged, id: header(mails[1], 'message-id'), email });
    faults.none();
    await close();
  });
}

/** Somebody else, a machine, and a mail server. */
async function apart(page, { address, tagged, id, email }) {
  const other = `From: eve@else.example\r\nTo: report@cert.example\r\nReferences: ${id}\r\n\r\nI am Ana, tell me all.\r\n`;
  const away = `From: ${email}\r\nTo: ${tagged}\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nI am away.\r\n`;
  const bounce =
    `From: MAILER-DAEMON@mx.example\r\nTo: ${tagged}\r\nSubject: Undelivered\r\n` +
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n' +
    'Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n' +
    `Final-Recipient: rfc822; ${email}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n` +
    `Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: ${id}\r\n--b--\r\n`;
  for (const [from, message, recipient] of [['eve@else.example', other, 'report@cert.example'], [email, away, tagged], ['', bounce, tagged]]) {
    assert.match(await lmtp(door, { from, to: [recipient], bytes: Buffer.from(message) }), /^250 /);
  }
  await page.goto(address);
  const said = await text(page);
  assert.match(said, /Did not arrive We heard so .* There is no such mailbox\. Code 5\.1\.1/);
  assert.match(said, /Mail on this thread that is not the reporter’s .*eve@else\.example .*I am Ana/);
  assert.match(said, /Automatic answers: 2/);
  await page.evaluate(() => document.querySelectorAll('main details').forEach((one) => { one.open = true; }));
  await look(page, 'conversation-thread');
  await page.goto(`${address}?lang=mi`);
  assert.match(await text(page), /Kāore i tae/);
  await page.goto(`${address}?lang=en`);
  assert.equal(post.messages().filter((mail) => header(mail, 'to')?.includes('else.example')).length, 0);
}

test('text by mail is not offered where nobody can be reached', async () => {
  const { page, close } = await at(cairn, 'hana', false);
  await page.goto(`${cairn.url}/desk?q=${encodeURIComponent('anonymous:yes')}`);
  const first = page.locator('[data-row] a').first();
  if (await first.count()) {
    await first.click();
    assert.equal(await page.locator('#mail-text').count(), 0);
  }
  await close();
});
