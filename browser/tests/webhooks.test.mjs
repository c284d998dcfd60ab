// A webhook and a token, made on the pages: a real receiver hears of what a program does with the token, and checks the signature.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { PHONE } from '../lib/browser.mjs';
import { keyboardVisible, tabTo } from '../lib/checks.mjs';
import { person, signIn } from '../lib/people.mjs';
import { at, look } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

/** A receiver that keeps what arrives, and answers what it is told to. */
async function receiver() {
  const calls = [];
  const answers = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece) => { body += piece; });
    request.on('end', () => {
      calls.push({ headers: request.headers, method: request.method, body });
      response.statusCode = answers.shift() ?? 204;
      response.end(response.statusCode === 204 ? '' : '<b>not today</b>');
    });
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
  return { calls, answers, url: `http://127.0.0.1:${server.address().port}/hook`, close: () => server.close() };
}

/** As the specification says it, not as we do. */
function signed(call, secret) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const text = `${call.headers['webhook-id']}.${call.headers['webhook-timestamp']}.${call.body}`;
  const expected = `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
  return call.headers['webhook-signature'].split(' ').includes(expected);
}

async function until(page, done) {
  for (let tries = 0; tries < 240; tries += 1) {
    if (await done()) return;
    await page.waitForTimeout(250);
  }
  assert.fail('it did not come to that');
}

test('a receiver hears, signed, what a program did by a token', async () => {
  const there = await receiver();
  const { page, faults, close } = await cairn.open({ viewport: PHONE });
  await signIn(page, cairn.url, person(cairn.lines, 'oliver'));
  await page.goto(`${cairn.url}/desk/webhooks`);
  await press(page, 'main form[action="/desk/webhooks"] button');
  assert.ok(await page.locator('#url[aria-invalid]').count());
  await look(page, 'desk-webhooks-fault');
  await page.fill('#url', there.url);
  await page.fill('#description', 'A receiver');
  for (const kind of ['case.opened', 'report.changed']) {
    await page.locator(`input[name=event][value="${kind}"]`).check({ force: true });
  }
  await press(page, 'main form[action="/desk/webhooks"] button');
  const secret = await page.locator('main code').first().innerText();
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  await look(page, 'desk-webhook-made');
  await press(page, 'main a[href^="/desk/webhooks/"]');
  there.answers.push(500);
  await press(page, 'main form[action$="/test"] button');
  await until(page, () => there.calls.length === 1);
  assert.ok(signed(there.calls[0], secret));
  assert.equal(JSON.parse(there.calls[0].body).type, 'webhook.test');
  await until(page, async () => { await page.reload(); return /HTTP 500/.test(await page.innerText('main')); });
  await page.evaluate(() => document.querySelectorAll('main details').forEach((one) => { one.open = true; }));
  assert.match(await page.innerText('main'), /<b>not today<\/b>/);
  assert.equal(await page.locator('main b').count(), 0, 'an answer is no markup');
  await look(page, 'desk-webhook-failed');
  await press(page, 'main form[action$="/again"] button');
  await until(page, () => there.calls.length === 2);
  assert.equal(there.calls[1].headers['webhook-id'], there.calls[0].headers['webhook-id']);
  const hook = page.url();

  const work = await cairn.open({});
  const hana = person(cairn.lines, 'leilani');
  await signIn(work.page, cairn.url, hana);
  await work.page.goto(`${cairn.url}/desk/account/confirm`);
  await work.page.fill('#present', hana.password);
  await press(work.page, 'main form[action="/desk/account/confirm"] button');
  await work.page.goto(`${cairn.url}/desk/account`);
  await look(work.page, 'desk-account-tokens');
  await work.page.fill('#token-name', 'A program');
  await work.page.locator('input[name=token-may][value=act]').check({ force: true });
  await press(work.page, 'main form[action="/desk/account/tokens"] button');
  const token = await work.page.locator('main code').first().innerText();
  await look(work.page, 'desk-token-made');
  const answer = await fetch(`${cairn.url}/api/v1/desk/cases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Opened by a program' }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  const { no } = await answer.json();
  // What was refused before may come once more meanwhile.
  const ofThis = (call) => JSON.parse(call.body).data.case === no;
  await until(page, () => there.calls.some(ofThis));
  const told = there.calls.find(ofThis);
  assert.ok(signed(told, secret));
  assert.deepEqual(Object.keys(JSON.parse(told.body)).sort(), ['data', 'id', 'timestamp', 'type']);
  assert.doesNotMatch(told.body, /Opened by a program/);
  work.faults.none();
  await work.close();

  await page.goto(hook);
  await press(page, 'main form[action$="/secret"] button');
  const next = await page.locator('main code').first().innerText();
  await press(page, 'main a[href^="/desk/webhooks/"]');
  await press(page, 'main form[action$="/test"] button');
  await until(page, () => there.calls.some((call) => signed(call, secret) && signed(call, next)));
  await look(page, 'desk-webhook');
  await page.goto(`${cairn.url}/desk/tokens`);
  assert.match(await page.innerText('main'), /A program/);
  await look(page, 'desk-tokens');
  await page.goto(`${cairn.url}/api/desk`);
  await look(page, 'api-desk');
  faults.none();
  await close();
  there.close();
});

test('a webhook and a token by keyboard alone, with scripts off', async () => {
  const there = await receiver();
  const { page, faults, close } = await at(cairn, 'oliver', false);
  const enter = async (selector) => {
    await tabTo(page, selector);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  };
  await page.goto(`${cairn.url}/desk/webhooks`);
  await keyboardVisible(page);
  await tabTo(page, '#url');
  await page.keyboard.type(there.url);
  await tabTo(page, 'input[name=event][value="case.opened"]');
  await page.keyboard.press('Space');
  await enter('main form[action="/desk/webhooks"] button');
  assert.match(await page.locator('main code').first().innerText(), /^whsec_/);
  await keyboardVisible(page);
  await enter('main a[href^="/desk/webhooks/"]');
  await enter('main form[action$="/test"] button');
  await until(page, () => there.calls.length === 1);
  await until(page, async () => { await page.reload(); return /HTTP 204/.test(await page.textContent('main')); });
  await keyboardVisible(page);
  faults.none();
  await close();
  there.close();

  const work = await at(cairn, 'hana', false);
  const hana = person(cairn.lines, 'hana');
  const onward = async (selector) => {
    await tabTo(work.page, selector);
    await Promise.all([work.page.waitForNavigation(), work.page.keyboard.press('Enter')]);
  };
  await work.page.goto(`${cairn.url}/desk/account/confirm`);
  await tabTo(work.page, '#present');
  await work.page.keyboard.type(hana.password);
  await onward('main form[action="/desk/account/confirm"] button');
  await work.page.goto(`${cairn.url}/desk/account`);
  await tabTo(work.page, '#token-name');
  await work.page.keyboard.type('Typed');
  await onward('main form[action="/desk/account/tokens"] button');
  const token = await work.page.locator('main code').first().innerText();
  await keyboardVisible(work.page);
  const read = () => fetch(`${cairn.url}/api/v1/desk/cases`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await read()).status, 200);
  await work.page.goto(`${cairn.url}/desk/account`);
  await onward('main form[action^="/desk/account/tokens/"][action$="/end"] button');
  assert.equal((await read()).status, 401, 'it was ended');
  work.faults.none();
  await work.close();
});
