// Passkeys with Chromium's own authenticator: adding, signing in, renaming, removing; and every answer that must be refused.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { authenticator } from '../lib/authenticator.mjs';
import { tabTo } from '../lib/checks.mjs';
import { person, signIn } from '../lib/people.mjs';
import { look, text } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
/** Browsers take passkeys at a name: the demonstration's is `localhost`. */
const named = () => cairn.url.replace('127.0.0.1', 'localhost');
const where = (page) => new URL(page.url()).pathname;
const BUTTON = '[data-passkey] button';

const opened = (options = {}) => cairn.open({ origins: [named(), cairn.url], ...options });

/** Signed in at the name, with an authenticator. */
async function at(login, options = {}) {
  const visit = await opened();
  await signIn(visit.page, named(), person(cairn.lines, login));
  return { ...visit, keys: await authenticator(visit.page, options) };
}

async function confirm(page, who) {
  await page.goto(`${named()}/desk/account`);
  await page.click('a[href="/desk/account/confirm"]');
  await page.fill('#present', who.password);
  await Promise.all([page.waitForURL('**/desk/account**'), page.click('main form[action="/desk/account/confirm"] button')]);
}

async function add(page, name) {
  await page.fill('#passkey-name', name);
  await Promise.all([page.waitForNavigation(), page.click(BUTTON)]);
}

async function signOut(page) {
  await page.goto(`${named()}/desk/account`);
  await Promise.all([page.waitForURL('**/sign-in'), page.click('main form[action="/sign-out"] button')]);
}

async function byPasskey(page) {
  await page.goto(`${named()}/sign-in`);
  await Promise.all([page.waitForNavigation(), page.click(BUTTON)]);
}

/** Presses the button and keeps what would be sent, unsent. */
async function answer(page) {
  await page.goto(`${named()}/sign-in`);
  await page.evaluate(() => { HTMLFormElement.prototype.submit = () => {}; });
  await page.click(BUTTON);
  await page.waitForFunction(() => document.querySelector('[name=answer]').value !== '');
  return JSON.parse(await page.inputValue('[name=answer]'));
}

/** Sends an answer as the page's form would. */
const sent = (page, said) => page.request.post(`${named()}/sign-in/passkey`, {
  form: { answer: typeof said === 'string' ? said : JSON.stringify(said) },
  headers: { origin: named() },
  maxRedirects: 0,
});

const refused = async (page, said) => {
  const got = await sent(page, said);
  assert.equal(got.status(), 422);
  assert.match(await got.text(), /not accepted|took too long/);
  assert.equal((await page.request.get(`${named()}/desk`, { maxRedirects: 0 })).status(), 303);
};

test('a passkey is added, signs in by keyboard alone, is renamed and removed', async () => {
  const who = person(cairn.lines, 'hana');
  const { page, faults, close } = await at('hana');
  await page.goto(`${named()}/desk/account`);
  assert.equal(await page.locator('#passkey-name').count(), 0, 'nothing is added before it is confirmed');
  await page.click('a[href="/desk/account/confirm"]');
  for (const lang of ['mi', 'en']) {
    await page.goto(`${named()}/desk/account/confirm?lang=${lang}`);
    await look(page, `confirm-${lang}`);
  }
  await page.fill('#present', 'not the password');
  await page.click('main form[action="/desk/account/confirm"] button');
  assert.match(await text(page), /present password is not right/);
  await confirm(page, who);
  await add(page, '');
  assert.match(await text(page), /Enter a name/);
  await add(page, 'The test’s first');
  for (const lang of ['mi', 'en']) {
    await page.goto(`${named()}/desk/account?lang=${lang}`);
    await page.evaluate(() => document.querySelectorAll('main details').forEach((one) => { one.open = true; }));
    await look(page, `passkeys-${lang}`);
  }
  assert.match(await text(page), /The test’s first.*Not used yet/);
  // A device holds one: the browser refuses another.
  await page.fill('#passkey-name', 'The same device again');
  await page.click(BUTTON);
  await page.locator('[data-passkey] [role=status]', { hasText: 'The passkey was not used' }).waitFor();

  await signOut(page);
  for (const lang of ['mi', 'en']) {
    await page.goto(`${named()}/sign-in?lang=${lang}`);
    await look(page, `sign-in-passkey-${lang}`);
  }
  await tabTo(page, BUTTON);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.equal(where(page), '/desk');

  await page.goto(`${named()}/desk/account`);
  assert.doesNotMatch(await text(page), /Not used yet/);
  await page.locator('main summary', { hasText: 'The test’s first' }).click();
  const field = page.locator('input[id^="name-"]');
  await field.fill('Renamed');
  await field.press('Enter');
  await page.waitForNavigation().catch(() => {});
  assert.match(await text(page), /Renamed/);
  assert.equal(await page.locator('form[action$="/remove"]').count(), 0, 'not without proof');
  // By the passkey itself this time.
  await page.click('a[href="/desk/account/confirm"]');
  await Promise.all([page.waitForURL('**/desk/account**'), page.click(BUTTON)]);
  await page.locator('main summary', { hasText: 'Renamed' }).click();
  await Promise.all([page.waitForNavigation(), page.click('form[action$="/remove"] button')]);
  assert.match(await text(page), /You have no passkeys yet/);
  await signOut(page);
  await byPasskey(page);
  assert.match(await text(page), /not accepted/);
  faults.none();
  await close();

  const auditor = await opened();
  await signIn(auditor.page, named(), person(cairn.lines, 'ruth'));
  for (const kind of ['passkey_added', 'passkey_removed', 'signed_in']) {
    await auditor.page.goto(`${named()}/desk/audit?kind=${kind}`);
    assert.match(await text(auditor.page), /Hana Example/, kind);
  }
  assert.match(await text(auditor.page), /Signed in: Passkey/);
  auditor.faults.none();
  await auditor.close();
});

test('the outcome of the check is never ignored (GitLab issue 585333): an answer with a wrong signature, origin, owner or challenge', async () => {
  const { page, keys, close } = await at('leilani');
  await confirm(page, person(cairn.lines, 'leilani'));
  await add(page, 'Mutants');
  await signOut(page);
  const flip = (part) => {
    const raw = Buffer.from(part, 'base64url');
    raw[raw.length - 1] ^= 1;
    return raw.toString('base64url');
  };
  const changed = (part, what) => {
    const data = JSON.parse(Buffer.from(part, 'base64url'));
    return Buffer.from(JSON.stringify({ ...data, ...what })).toString('base64url');
  };
  const mutants = {
    signature: (r) => ({ ...r, signature: flip(r.signature) }),
    'authenticator data': (r) => ({ ...r, authenticatorData: flip(r.authenticatorData) }),
    origin: (r) => ({ ...r, clientDataJSON: changed(r.clientDataJSON, { origin: 'https://evil.example' }) }),
    challenge: (r) => ({ ...r, clientDataJSON: changed(r.clientDataJSON, { challenge: 'AAAA' }) }),
    type: (r) => ({ ...r, clientDataJSON: changed(r.clientDataJSON, { type: 'webauthn.create' }) }),
    owner: (r) => ({ ...r, userHandle: Buffer.alloc(16, 7).toString('base64url') }),
    nobody: ({ userHandle, ...r }) => r,
  };
  // Zipline CVE-2026-126952: an answer without an assertion in it is none.
  const empty = ['', '{}', 'null', '[]', '{"id":"a","rawId":"AA","type":"public-key","response":{}}'];
  for (const [name, mutate] of Object.entries(mutants)) {
    const good = await answer(page);
    await refused(page, { ...good, response: mutate(good.response) }).catch((error) => { throw new Error(`${name}: ${error.message}`); });
    // The question is closed by the first answer: the right one comes too late.
    await refused(page, good);
  }
  for (const nothing of empty) {
    await answer(page);
    await refused(page, nothing);
  }
  const held = await keys.keys();
  assert.equal(held.length, 1);
  await close();
});

test('a replayed answer, a wrong authenticator, an unverified user and a counter that goes backwards are refused', async () => {
  const { page, keys, close } = await at('hana');
  await confirm(page, person(cairn.lines, 'hana'));
  await add(page, 'Watched');
  await signOut(page);

  // Replayed: the answer was right once.
  const good = await answer(page);
  const first = await sent(page, good);
  assert.equal(first.headers().location, '/desk');
  await page.context().clearCookies({ name: 'cairn_session' });
  await refused(page, good);
  // In another browser, with the right answer of this one.
  const fresh = await answer(page);
  const other = await opened();
  await other.page.goto(`${named()}/sign-in`);
  await refused(other.page, fresh);
  await other.close();

  // Without user verification, though the page was made to ask for none.
  await keys.verifies(false);
  await page.route('**/sign-in/passkey/ask', async (route) => {
    const got = await route.fetch();
    await route.fulfill({ response: got, json: { ...(await got.json()), userVerification: 'discouraged' } });
  });
  const unverified = await answer(page);
  assert.equal(Buffer.from(unverified.response.authenticatorData, 'base64url')[32] & 4, 0);
  await refused(page, unverified);
  await page.unroute('**/sign-in/passkey/ask');
  await keys.verifies(true);

  // Another authenticator that claims the same name and owner, with a key of its own.
  const [own] = await keys.keys();
  await keys.forget(own.credentialId);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const false_one = { ...own, privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'), signCount: 100 };
  await keys.put(false_one);
  await refused(page, await answer(page));
  await keys.forget(own.credentialId);
  // One that nobody added.
  const stranger = { ...false_one, credentialId: Buffer.alloc(32, 9).toString('base64') };
  await keys.put(stranger);
  await refused(page, await answer(page));
  await keys.forget(stranger.credentialId);

  // The right key, restored from a copy: it is stopped, also for the one with the higher counter.
  await keys.put({ ...own, signCount: 0 });
  await refused(page, await answer(page));
  await keys.forget(own.credentialId);
  await keys.put({ ...own, signCount: 1_000 });
  await refused(page, await answer(page));
  await signIn(page, named(), person(cairn.lines, 'hana'));
  await page.goto(`${named()}/desk/account`);
  assert.match(await text(page), /Watched.*Stopped.*may have a copy/);
  await close();
  const auditor = await opened();
  await signIn(auditor.page, named(), person(cairn.lines, 'ruth'));
  await auditor.page.goto(`${named()}/desk/audit?kind=passkey_suspect`);
  assert.match(await text(auditor.page), /Hana Example/);
  await auditor.close();
});

test('at an IP address and without scripts there is no button, and it is said why', async () => {
  const visit = await cairn.open({ origins: [cairn.url] });
  await visit.page.goto(`${cairn.url}/sign-in`);
  assert.equal(await visit.page.locator(BUTTON).count(), 0);
  assert.equal(await visit.page.locator('main a', { hasText: 'localhost' }).getAttribute('href'), `${named()}/sign-in`);
  await look(visit.page, 'sign-in-by-ip');
  visit.faults.none();
  await visit.close();
  const plain = await opened({ scripts: false });
  await plain.page.goto(`${named()}/sign-in`);
  assert.equal(await plain.page.locator(BUTTON).isVisible(), false);
  await signIn(plain.page, named(), person(cairn.lines, 'leilani'));
  await plain.page.goto(`${named()}/desk/account`);
  await look(plain.page, 'account-plain');
  plain.faults.none();
  await plain.close();
});

test('nobody adds or removes a passkey in a session that was only found open', async () => {
  const { page, close } = await at('leilani');
  await page.goto(`${named()}/desk/account`);
  const csrf = await page.locator('input[name=csrf]').first().inputValue();
  const post = (path, form = {}) => page.request.post(named() + path, { form: { csrf, ...form }, headers: { origin: named() }, maxRedirects: 0 });
  assert.equal((await post('/desk/account/passkeys/ask')).status(), 409);
  for (const path of ['/desk/account/passkeys', '/desk/account/passkeys/x/remove']) {
    const got = await post(path, { 'passkey-name': 'x', answer: '{}' });
    assert.equal(got.headers().location, '/desk/account/confirm', path);
  }
  const unmarked = await page.request.post(`${named()}/desk/account/passkeys/ask`, { form: { name: 'x' }, maxRedirects: 0 });
  assert.equal(unmarked.status(), 403);
  await close();
});
