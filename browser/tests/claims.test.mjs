// An organisation asks to be told about its networks, without scripts and on a phone: its mailbox is proved by a link from real mail, an officer
// takes it in part, the same mailbox asks for a change, and a contact that is due says that it is still right.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DESKTOP, NARROW, PHONE } from '../lib/browser.mjs';
import { keyboardVisible } from '../lib/checks.mjs';
import { MailServer } from '../lib/mail.mjs';
import { person } from '../lib/people.mjs';
import { at, look, text, visitAll } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const ARRIVAL_MAX_MS = 180_000;
const MAILBOX = 'soc@harbour.example';
const CLAIMS = '/desk/constituents/claims';
let post;

const cairn = world(async () => {
  post = await MailServer.start();
  const settings = { 'mail.smtp': post.url, 'mail.from': 'Reports <report@cert.example>', 'server.trusted_proxies': '127.0.0.1' };
  return Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
});
after(() => post?.stop());

const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const header = (mail, name) => mail.headers.find(([key]) => key.toLowerCase() === name)?.[1];

/** The secret link in the mail to somebody, of which there are so many by now. */
async function link(to, count, start) {
  for (const begun = Date.now(); ; ) {
    const own = post.messages().filter((one) => header(one, 'to') === to);
    const links = own.map((one) => /\/own\/[a-zA-Z0-9-]+/.exec(post.raw(one).replaceAll(/=\r?\n/g, ''))?.[0]).filter((one) => one?.startsWith(start));
    if (links.length >= count) return { path: links.at(-1), mails: own.map((one) => post.raw(one)) };
    assert.ok(Date.now() - begun < ARRIVAL_MAX_MS, `a mail to ${to}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const own = {};

test('somebody asks, on a phone and without scripts; nothing is told of what is known', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: NARROW });
  await page.goto(`${cairn.url}/`);
  await press(page, 'footer a[href="/own/new"]');
  await look(page, 'claim-new');
  await press(page, 'main form button[type=submit], main form .buttons button');
  assert.match(await text(page), /Give a name.*Give at least one network.*Give a whole email address/);
  await look(page, 'claim-faults');
  await page.fill('#name', 'Example Harbour');
  await page.fill('#add', '203.0.113.64/27 harbour.example nonsense!');
  await page.fill('#email', MAILBOX);
  await page.fill('#note', 'Example Hosting runs some of our machines.');
  await press(page, 'main form .buttons button');
  assert.match(await text(page), /nonsense!: neither a network/);
  await page.fill('#add', '203.0.113.64/27\nharbour.example\nAS64503');
  await press(page, 'main form .buttons button');
  assert.match(await text(page), /Look into your mailbox/);
  await look(page, 'claim-sent');
  await page.goto(`${cairn.url}/own/new?lang=mi`);
  await look(page, 'claim-new-mi');
  await page.goto(`${cairn.url}/own/k-1-1-0000`);
  assert.match(await text(page), /opens nothing|Kāore tēnei hononga/);
  await close();
  faults.none();
});

test('the mailbox is proved by a button behind the link, by keyboard', async () => {
  const { path, mails } = await link(MAILBOX, 1, '/own/c-');
  assert.ok(mails.every((mail) => !mail.includes('Harbour') && !mail.includes('Hosting')), 'no word of a stranger');
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: PHONE });
  await page.goto(`${cairn.url}${path}`);
  assert.equal(new URL(page.url()).pathname, '/own', 'the secret leaves the address');
  assert.match(await text(page), /Is this what you ask for\?.*Example Harbour.*203\.0\.113\.64\/27/);
  await look(page, 'own-prove');
  await keyboardVisible(page);
  await page.focus('main form[action="/own/prove"] button');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await text(page), /An officer looks at it/);
  await look(page, 'own-waiting');
  await close();
  faults.none();
  own.first = path;
});

test('an officer sees who has what there, takes it in part, and the claimant is told', async () => {
  const { page, faults, close } = await at(cairn, 'hana', false);
  await page.goto(`${cairn.url}/desk/constituents`);
  assert.match(await text(page), /One claim waits/);
  await visitAll(cairn, page, [CLAIMS, `${CLAIMS}/1`], 'claims');
  await page.goto(`${cairn.url}${CLAIMS}/1`);
  assert.match(await text(page), /Example Hosting.*lies within.*203\.0\.113\.0\/25.*imported: members/);
  await press(page, 'main button[name=do][value=refuse]');
  assert.match(await text(page), /Say why/);
  await page.uncheck('label:has-text("AS64503")');
  await page.fill('#reason', 'The AS is your provider’s.');
  await press(page, 'main button[name=do][value=take]');
  assert.match(await text(page), /Example Harbour.*203\.0\.113\.64\/27/);
  assert.doesNotMatch(await text(page), /AS64503/);
  faults.none();
  await close();
  const { path, mails } = await link(MAILBOX, 1, '/own/k-');
  assert.ok(mails.some((mail) => mail.includes('provider')));
  own.contact = path;
});

test('under the link the contact says that it is right, and asks for a change that waits', async () => {
  for (const viewport of [PHONE, DESKTOP]) {
    const { page, faults, close } = await cairn.open({ scripts: false, viewport });
    await page.goto(`${cairn.url}${own.first}`);
    assert.match(await text(page), /What we know of Example Harbour/, 'the first link leads there too');
    await page.goto(`${cairn.url}${own.contact}`);
    await look(page, `own-contact`);
    await press(page, 'main form[action="/own/confirm"] button');
    assert.match(await text(page), /Thank you. We ask again in a year/);
    await press(page, 'main form[action="/own/change"] .buttons button');
    assert.match(await text(page), /Say what is to change/);
    await look(page, `own-change-fault`);
    await close();
    faults.none();
  }
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: PHONE });
  await page.goto(`${cairn.url}${own.contact}`);
  await page.fill('#add', '198.51.100.128/28');
  await page.fill('#drop', 'harbour.example');
  await press(page, 'main form[action="/own/change"] .buttons button');
  assert.match(await text(page), /An officer looks at what you asked for.*waits for an officer/);
  await look(page, 'own-asked');
  await close();
  faults.none();
  const officer = await at(cairn, 'hana', false);
  await officer.page.goto(`${cairn.url}${CLAIMS}/2`);
  await look(officer.page, 'claims-change');
  await officer.page.fill('#reason', 'Not before your provider says so.');
  await press(officer.page, 'main button[name=do][value=refuse]');
  assert.match(await text(officer.page), /Nothing waits/);
  officer.faults.none();
  await officer.close();
});

/** An officer's token that may act, made on the page of the account. */
async function token(login) {
  const { page, close } = await at(cairn, login, false);
  await page.goto(`${cairn.url}/desk/account/confirm`);
  await page.fill('#present', person(cairn.lines, login).password);
  await press(page, 'main form:has(#present) button');
  await page.goto(`${cairn.url}/desk/account`);
  await page.fill('#token-name', 'a program');
  await page.check('input[name=token-may][value=act]');
  await press(page, 'main form:has(#token-name) button');
  const shown = /cairn_officer_\S+/.exec(await text(page))?.[0];
  await close();
  assert.ok(shown, 'the token, once');
  return shown;
}

test('a program reads claims and decides them', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: PHONE });
  await page.goto(`${cairn.url}${own.contact}`);
  await page.fill('#add', '198.51.100.128/28 198.51.100.160/28');
  await page.fill('#note', 'Both are ours by now.');
  await press(page, 'main form[action="/own/change"] .buttons button');
  await close();
  faults.none();
  const bearer = await token('hana');
  const call = async (path, body) => {
    const answer = await fetch(`${cairn.url}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, ...(await answer.json()) };
  };
  const list = await call(CLAIMS);
  assert.deepEqual(list.waiting.map((one) => [one.no, one.name, one.first, one.assets]), [[3, 'Example Harbour', false, 2]]);
  assert.deepEqual(list.decided.map((one) => [one.no, one.state]).sort(), [[1, 'settled'], [2, 'refused']]);
  const claim = await call(`${CLAIMS}/3`);
  assert.equal(claim.note, 'Both are ours by now.');
  assert.deepEqual(claim.add.map((one) => one.asset), ['198.51.100.128/28', '198.51.100.160/28']);
  const first = await call(`${CLAIMS}/1`);
  assert.ok(first.add[0].near.some((one) => one.name === 'Example Hosting' && one.touch === 'within' && one.source === 'members'));
  assert.ok(first.answer.reason.includes('provider') && first.answer.left.includes('+ AS64503'));
  const decide = (no, decision) => call(`${CLAIMS}/${no}/decide`, { decision });
  const pointers = (answer) => [answer.status, ...answer.errors.map((one) => one.pointer)];
  assert.deepEqual(pointers(await decide(3, { do: 'take', add: [0, 2], drop: [0] })), [422, '/decision/add/1', '/decision/drop/0']);
  assert.deepEqual(pointers(await decide(3, { do: 'take', add: [] })), [422, '/decision']);
  assert.deepEqual(pointers(await decide(3, { do: 'refuse', reason: ' ' })), [422, '/decision/reason']);
  assert.equal((await call(`${CLAIMS}/99`)).status, 404);
  const taken = await decide(3, { do: 'take', add: [1], reason: 'The first is not in the register.' });
  assert.deepEqual([taken.status, taken.state], [200, 'settled']);
  assert.deepEqual(taken.answer, { taken: ['+ 198.51.100.160/28'], left: ['+ 198.51.100.128/28'], reason: 'The first is not in the register.' });
  const again = await decide(3, { do: 'refuse', reason: 'Too late.' });
  assert.deepEqual([again.status, again.current.state], [409, 'settled']);
  const constituent = await call(`/desk/constituents/${taken.constituent}`);
  assert.ok(constituent.networks.includes('198.51.100.160/28') && !constituent.networks.includes('198.51.100.128/28'));
});

test('contacts that are due are asked by mail, once', async () => {
  const { path } = await link('front.desk@museum.example', 1, '/own/k-');
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: PHONE });
  await page.goto(`${cairn.url}${path}`);
  assert.match(await text(page), /It is time to confirm/);
  await look(page, 'own-due');
  await press(page, 'main form[action="/own/confirm"] button');
  assert.doesNotMatch(await text(page), /It is time to confirm/);
  await close();
  faults.none();
});

test('one network that asks too often is told when to ask again, and keeps what it typed', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false, viewport: NARROW });
  await page.setExtraHTTPHeaders({ 'x-forwarded-for': '192.0.2.77' });
  let answer;
  for (let n = 0; n < 40 && answer?.status() !== 429; n += 1) {
    await page.goto(`${cairn.url}/own/new`);
    await page.fill('#name', 'Example Orchard');
    await page.fill('#add', 'orchard.example');
    await page.fill('#note', 'We grow apples.');
    await page.fill('#email', `soc${n}@orchard.example`);
    [answer] = await Promise.all([page.waitForNavigation(), page.press('#email', 'Enter')]);
  }
  assert.equal(answer.status(), 429);
  assert.ok(Number(answer.headers()['retry-after']) > 0);
  assert.match(await page.title(), /^Error: /);
  assert.match(await text(page), /Please wait a moment.*Try again in [0-9]+ minutes/);
  for (const [field, typed] of [['#name', 'Example Orchard'], ['#add', 'orchard.example'], ['#note', 'We grow apples.']]) {
    assert.equal(await page.inputValue(field), typed);
  }
  await keyboardVisible(page);
  await look(page, 'claim-too-many');
  // Others are not slowed by it.
  await page.setExtraHTTPHeaders({ 'x-forwarded-for': '198.51.100.7' });
  await Promise.all([page.waitForNavigation(), page.press('#email', 'Enter')]);
  assert.match(await text(page), /Look into your mailbox/);
  await close();
  faults.none();
});
