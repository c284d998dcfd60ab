// Signing in at an OpenID Connect provider that really runs: groups and roles, connecting, and every answer that must be refused.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { authenticator } from '../lib/authenticator.mjs';
import { open, press } from '../lib/browser.mjs';
import { startCairn } from '../lib/cairn.mjs';
import { code, freshCode, person, signIn } from '../lib/people.mjs';
import { CLIENT, startProvider } from '../lib/provider.mjs';
import { look, text } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

let provider;
const settings = () => [
  `oidc.issuer=${provider.issuer}`, `oidc.client_id=${CLIENT.id}`, 'oidc.label=Example ID', 'oidc.scopes=profile,groups',
  'oidc.roles=cert-leads=lead,cert=officer,health-desk=health/officer',
  'tenant.health.title=Health sector', 'tenant.health.listen=127.0.0.1:0',
].flatMap((one) => ['--set', one]);
const SECRET = { CAIRN_OIDC_CLIENT_SECRET: CLIENT.secret };
process.env.CAIRN_OIDC_CLIENT_SECRET = CLIENT.secret;
const cairn = world(async () => {
  provider = await startProvider();
  return settings();
});
after(() => provider.stop());

const where = (page) => new URL(page.url()).pathname;
const BUTTON = 'form[action="/sign-in/oidc"] button';
/** Where the tenant listens. */
const health = () => cairn.lines.map((line) => /tenant health on (http:\/\/\S+)/.exec(line)?.[1]).find(Boolean);
let allowed;
async function opened(options = {}) {
  await (allowed ??= provider.allow(cairn.url, health()));
  return cairn.open({ origins: [cairn.url, provider.issuer], ...options });
}

/** Presses the button; what is read is where one lands. */
async function byProvider(page, who, url = cairn.url) {
  provider.who = who;
  await page.goto(`${url}/sign-in`);
  await page.click(BUTTON);
  await page.waitForURL((address) => address.origin === url && !['/sign-in', '/sign-in/oidc'].includes(address.pathname));
  // The page in between leads on by itself, unless something was refused.
  if (where(page) === '/sign-in/oidc/callback' && /You are back/.test(await text(page))) {
    await page.waitForURL((address) => address.pathname !== '/sign-in/oidc/callback');
  }
  return where(page);
}

/** The authenticator's key from the page of enrolling it; the code is entered. */
async function enrol(page) {
  const key = await page.locator('main p code').first().innerText();
  await page.fill('#code', code(key));
  await press(page, 'main form[action="/sign-in/enrol"] button');
  return key;
}

test('an account is made for who is in a mapped group; the role follows the groups; without one there is no way in', async () => {
  provider.people.newcomer = { name: 'Anahera Example', preferred_username: 'Anahera', groups: ['staff', 'cert'] };
  const { page, faults, close } = await opened();
  assert.equal(provider.asked.length, 0, 'nobody was asked before somebody pressed the button');
  for (const lang of ['mi', 'en']) {
    await page.goto(`${cairn.url}/sign-in?lang=${lang}`);
    await look(page, `sign-in-provider-${lang}`);
  }
  // Gitea CVE-2026-73278: the provider's word does not pass our second factor over.
  assert.equal(await byProvider(page, 'newcomer'), '/sign-in/enrol');
  const key = await enrol(page);
  await page.goto(`${cairn.url}/desk/account`);
  assert.match(await text(page), /Anahera Example · Officer/);
  assert.match(await text(page), /Connected since/);
  assert.equal(await page.locator('form[action="/desk/account/password"]').count(), 0, 'there is no password to change');
  await look(page, 'account-provider');

  // An account without a password takes none, the empty one included (MISP CVE-2026-85216).
  for (const password of ['', 'x', 'anahera']) {
    const got = await page.request.post(`${cairn.url}/sign-in`, { form: { login: 'anahera', password }, maxRedirects: 0 });
    assert.equal(got.status(), 422);
  }

  // More groups: the first mapped one that fits counts, and sessions with the old role end.
  provider.people.newcomer.groups = ['cert', 'cert-leads'];
  const second = await opened();
  assert.equal(await byProvider(second.page, 'newcomer'), '/sign-in/code');
  await page.goto(`${cairn.url}/desk/account`);
  assert.equal(where(page), '/sign-in', 'the session with the old role has ended');
  await second.page.fill('#code', await freshCode(key));
  await press(second.page, 'main form[action="/sign-in/code"] button');
  await second.page.goto(`${cairn.url}/desk/account`);
  assert.match(await text(second.page), /Anahera Example · Lead/);

  // No group any more: refused, and signed out everywhere.
  provider.people.newcomer.groups = ['staff'];
  const third = await opened();
  assert.equal(await byProvider(third.page, 'newcomer'), '/sign-in/oidc/callback');
  assert.match(await text(third.page), /none of your groups there gives you a role/);
  await look(third.page, 'provider-no-role');
  await second.page.goto(`${cairn.url}/desk`);
  assert.equal(where(second.page), '/sign-in');
  for (const visit of [{ faults, close }, second, third]) {
    visit.faults.none();
    await visit.close();
  }
});

test('an officer connects their account, signs in by it with their own second factor, and disconnects', async () => {
  const who = person(cairn.lines, 'hana');
  provider.people.hana = { name: 'Hana', preferred_username: 'leilani', groups: ['cert'] };
  const { page, faults, close } = await opened();
  // Never by a name: the provider's `leilani` is not ours.
  await signIn(page, cairn.url, who);
  await page.goto(`${cairn.url}/desk/account`);
  await page.click('a[href="/desk/account/confirm"]');
  await page.fill('#present', who.password);
  await Promise.all([page.waitForURL('**/desk/account**'), page.click('main form[action="/desk/account/confirm"] button')]);
  provider.who = 'hana';
  await page.click('form[action="/desk/account/oidc"] button');
  await page.waitForURL('**/desk/account');
  assert.match(await text(page), /Connected since/);
  await press(page, 'main form[action="/sign-out"] button');
  assert.equal(await byProvider(page, 'hana'), '/sign-in/code');
  assert.match(await text(page), /Signing in as hana/);
  await page.fill('#code', await freshCode(who.key));
  await press(page, 'main form[action="/sign-in/code"] button');
  assert.equal(where(page), '/desk');
  // Taken: somebody else cannot connect with the same.
  const other = await opened();
  const leilani = person(cairn.lines, 'leilani');
  await signIn(other.page, cairn.url, leilani);
  await other.page.goto(`${cairn.url}/desk/account/confirm`);
  await other.page.fill('#present', leilani.password);
  await Promise.all([other.page.waitForURL('**/desk/account**'), other.page.click('main form[action="/desk/account/confirm"] button')]);
  provider.who = 'hana';
  await other.page.click('form[action="/desk/account/oidc"] button');
  await other.page.waitForURL('**/callback**');
  assert.match(await text(other.page), /belongs to another account/);
  other.faults.none();
  await other.close();
  await page.goto(`${cairn.url}/desk/account/confirm`);
  await page.fill('#present', who.password);
  await Promise.all([page.waitForURL('**/desk/account**'), page.click('main form[action="/desk/account/confirm"] button')]);
  await press(page, 'form[action="/desk/account/oidc/remove"] button');
  assert.match(await text(page), /Not connected/);
  faults.none();
  await close();
});

test('every answer that does not hold is refused', async () => {
  provider.people.mutant = { name: 'Mutant', preferred_username: 'mutant', groups: ['cert'] };
  const { page, faults, close } = await opened({ scripts: false });
  let used;
  const claims = (change) => ({ token: (token, tools) => tools.signed({ ...tools.read(token), ...change }) });
  const mutants = {
    'wrong state': { back: (query) => query.set('state', 'AAAA') },
    'no state': { back: (query) => query.delete('state') },
    'wrong issuer in the address': { back: (query) => query.set('iss', 'https://evil.example') },
    'no issuer in the address': { back: (query) => query.delete('iss') },
    'wrong code': { back: (query) => query.set('code', 'AAAA') },
    'no code': { back: (query) => query.delete('code') },
    'wrong nonce': claims({ nonce: 'AAAA' }),
    'no nonce': claims({ nonce: undefined }),
    'other audience': claims({ aud: 'another' }),
    'an audience too many': claims({ aud: [CLIENT.id, 'another'] }),
    'other party': claims({ azp: 'another' }),
    'other issuer': claims({ iss: 'https://evil.example' }),
    'no subject': claims({ sub: undefined }),
    'empty subject': claims({ sub: '' }),
    'expired': claims({ exp: Math.floor(Date.now() / 1000) - 120 }),
    'from the future': claims({ iat: Math.floor(Date.now() / 1000) + 600 }),
    'too old': claims({ iat: Math.floor(Date.now() / 1000) - 3_600 }),
    'tampered': {
      token: (token, tools) => {
        const [head, , signature] = token.split('.');
        const body = Buffer.from(JSON.stringify({ ...tools.read(token), sub: 'newcomer' })).toString('base64url');
        return `${head}.${body}.${signature}`;
      },
    },
    'unsigned': { token: (token, tools) => tools.unsigned(tools.read(token)) },
    'signed with our secret': { token: (token, tools) => tools.hmac(tools.read(token)) },
    'no token': { token: () => 'nonsense' },
  };
  for (const [name, bend] of Object.entries(mutants)) {
    provider.bend = bend;
    assert.equal(await byProvider(page, 'mutant'), '/sign-in/oidc/callback', name);
    assert.match(await text(page), /what the sign-in provider said does not hold/i, name);
    assert.equal((await page.request.get(`${cairn.url}/desk`, { maxRedirects: 0 })).headers().location, '/sign-in', name);
  }
  await look(page, 'provider-refused');
  // Declined there.
  provider.bend = { back: (query) => { query.delete('code'); query.set('error', 'access_denied'); } };
  await byProvider(page, 'mutant');
  assert.match(await text(page), /stopped at the provider/);
  // As it should be, to see that the mutants failed for their mutation; the code is kept.
  provider.bend = { back: (query) => { used = new URLSearchParams(query); } };
  assert.equal(await byProvider(page, 'mutant'), '/sign-in/enrol');
  // Replayed: the same address again, in this browser and in another.
  for (const visit of [{ page }, await opened()]) {
    await visit.page.goto(`${cairn.url}/sign-in/oidc/callback?${used}`);
    assert.match(await text(visit.page), /took too long, was begun in another browser, or was done already/);
  }
  // A used code in a new visit.
  provider.bend = { back: (query) => query.set('code', used.get('code')) };
  const again = await opened();
  assert.equal(await byProvider(again.page, 'mutant'), '/sign-in/oidc/callback');
  assert.match(await text(again.page), /does not hold/);
  provider.bend = {};
  faults.none();
  await close();
});

test('where passwords are for emergencies: one’s last way stays, a passkey is the second factor, and nothing secret is logged', async () => {
  const own = await startCairn([...settings(), '--set', 'signin.passwords=emergency', '--set', 'signin.emergency_login=oliver', '--set', 'log.level=debug'], SECRET);
  try {
    // The provider knows one address at a time; passkeys need the name, which here is the provider's site too.
    const url = own.url;
    await provider.allow(url);
    provider.people.pania = { name: 'Pania Example', preferred_username: 'pania', groups: ['cert'] };
    const { page, faults, close } = await open(cairn.browser, { origins: [url, provider.issuer] });
    assert.equal(await byProvider(page, 'pania', url), '/sign-in/enrol');
    const key = await enrol(page);
    await page.goto(`${url}/desk/account/confirm`);
    await page.fill('#code', await freshCode(key));
    await Promise.all([page.waitForURL('**/desk/account**'), page.click('main form[action="/desk/account/confirm"] button')]);
    await press(page, 'form[action="/desk/account/oidc/remove"] button');
    assert.match(await text(page), /your last way to sign in/);
    await look(page, 'last-way');
    // A passkey is no way past the provider, whose groups say whether there is a role still: it is the second step. The provider
    // sends browsers to the address made of numbers, where there are no passkeys, so the cookie is carried to the name.
    const named = url.replace('127.0.0.1', 'localhost');
    const carry = async () => {
      const [cookie] = (await page.context().cookies(url)).filter((one) => one.name === 'cairn_session');
      await page.context().addCookies([{ name: cookie.name, value: cookie.value, url: named, sameSite: 'Strict', httpOnly: true }]);
    };
    faults.origins.add(named);
    await carry();
    await authenticator(page);
    await page.goto(`${named}/desk/account`);
    await page.fill('#passkey-name', 'Second step');
    await Promise.all([page.waitForNavigation(), page.click('[data-passkey] button')]);
    await press(page, 'main form[action="/sign-out"] button');
    await page.waitForURL('**/sign-in');
    await Promise.all([page.waitForNavigation(), page.click('[data-passkey] button')]);
    assert.match(await text(page), /Sign in there first; your passkey is the second step/);
    assert.equal(await byProvider(page, 'pania', url), '/sign-in/code');
    await carry();
    await page.goto(`${named}/sign-in/code`);
    await look(page, 'code-or-passkey');
    await Promise.all([page.waitForNavigation(), page.click('[data-passkey] button')]);
    assert.equal(where(page), '/desk');
    faults.none();
    await close();

    // A password alone leads to one's own account and no further, until there is another way.
    const hana = await open(cairn.browser, { origins: [url, url.replace('127.0.0.1', 'localhost'), provider.issuer] });
    const who = person(own.lines, 'hana');
    await signIn(hana.page, named, who);
    assert.equal(where(hana.page), '/desk/account');
    assert.match(await text(hana.page), /Passwords are for emergencies here/);
    await hana.page.goto(`${named}/desk/audit`);
    assert.equal(where(hana.page), '/desk/account');
    await authenticator(hana.page);
    await hana.page.goto(`${named}/desk/account/confirm`);
    await hana.page.fill('#present', who.password);
    await Promise.all([hana.page.waitForURL('**/desk/account**'), hana.page.click('main form[action="/desk/account/confirm"] button')]);
    await hana.page.fill('#passkey-name', 'The only one');
    await Promise.all([hana.page.waitForNavigation(), hana.page.click('[data-passkey] button')]);
    await hana.page.goto(`${named}/desk`);
    assert.equal(where(hana.page), '/desk');
    await hana.page.goto(`${named}/desk/account`);
    await hana.page.locator('main summary', { hasText: 'The only one' }).click();
    await press(hana.page, 'form[action$="/remove"] button');
    assert.match(await text(hana.page), /your last way to sign in/);
    await press(hana.page, 'main form[action="/sign-out"] button');
    await hana.page.fill('#login', 'hana');
    await hana.page.fill('#password', who.password);
    await press(hana.page, 'main form[action="/sign-in"] button');
    assert.match(await text(hana.page), /Login or password is not right/);
    await Promise.all([hana.page.waitForNavigation(), hana.page.click('[data-passkey] button')]);
    assert.equal(where(hana.page), '/desk');
    hana.faults.none();
    await hana.close();
    // The emergency account's password is taken.
    const glass = await open(cairn.browser, { origins: [url] });
    await signIn(glass.page, url, person(own.lines, 'oliver'));
    assert.equal(where(glass.page), '/desk/accounts');
    await glass.close();
    const log = own.lines.join('\n');
    for (const secret of [CLIENT.secret, 'pania', 'Pania', 'id_token']) {
      assert.ok(!log.includes(secret), `the log holds ${secret}`);
    }
    assert.doesNotMatch(log, /eyJ[\w-]{8}/, 'the log holds a token');
  } finally {
    await own.stop();
    await provider.allow(cairn.url, health());
  }
});

test('one provider lets people in at the door that their groups open, and at no other', async () => {
  const visit = await opened({ origins: [cairn.url, health(), provider.issuer] });
  provider.people.nurse = { name: 'Nia Example', preferred_username: 'nia', groups: ['health-desk'] };
  assert.equal(await byProvider(visit.page, 'nurse'), '/sign-in/oidc/callback');
  assert.match(await text(visit.page), /none of your groups there gives you a role/);
  assert.equal(await byProvider(visit.page, 'nurse', health()), '/sign-in/enrol');
  await enrol(visit.page);
  await visit.page.goto(`${health()}/desk/account`);
  assert.match(await text(visit.page), /Nia Example · Officer/);
  assert.match(await visit.page.innerText('header.top'), /Health sector/);
  await look(visit.page, 'account-of-a-tenant');
  visit.faults.none();
  await visit.close();
  // Who leads at the house is nobody there.
  const other = await opened({ origins: [cairn.url, health(), provider.issuer] });
  provider.people.chief = { name: 'Ari Example', preferred_username: 'ari', groups: ['cert-leads', 'cert'] };
  assert.equal(await byProvider(other.page, 'chief', health()), '/sign-in/oidc/callback');
  assert.match(await text(other.page), /none of your groups there gives you a role/);
  other.faults.none();
  await other.close();
});

test('who has nothing but the provider proves it there anew, in person, and two first sign-ins at once make one account', async () => {
  const own = await startCairn([...settings(), '--set', 'oidc.second_factor=trusted'], SECRET);
  try {
    const url = own.url;
    await provider.allow(url);
    provider.people.tama = { name: 'Tama Example', preferred_username: 'tama', groups: ['cert'] };
    provider.people.other = { name: 'Other Example', preferred_username: 'other', groups: ['cert'] };
    const visits = [];
    for (let n = 0; n < 2; n += 1) visits.push(await open(cairn.browser, { origins: [url, provider.issuer] }));
    // Both are back from the provider at the same moment.
    const arrived = await Promise.all(visits.map(({ page }) => byProvider(page, 'tama', url)));
    assert.deepEqual(arrived, ['/desk', '/desk']);
    for (const { page } of visits) {
      await page.goto(`${url}/desk/account`);
      assert.match(await text(page), /Tama Example · Officer/);
      // One account: each sees the session of the other.
      assert.equal(await page.locator('form[action="/desk/account/sessions"]').count() > 0, true, 'the other session is listed');
    }

    const { page, faults } = visits[0];
    const ask = async (who) => {
      provider.who = who;
      await page.goto(`${url}/desk/account/confirm`);
      assert.equal(await page.locator('#present, #code').count(), 0, 'there is nothing else to prove it by');
      await page.click('form[action="/desk/account/confirm/oidc"] button');
      await page.waitForURL((address) => address.origin === url && address.pathname !== '/desk/account/confirm');
      if (/You are back/.test(await text(page))) await page.waitForURL('**/desk/account**');
    };
    // Whoever is at the provider now is somebody else; what is told of a sign-in long ago is none.
    await ask('other');
    assert.match(await text(page), /belongs to another account/);
    provider.bend = { token: (token, tools) => tools.signed({ ...tools.read(token), auth_time: Math.floor(Date.now() / 1000) - 3_600 }) };
    await ask('tama');
    assert.match(await text(page), /what the sign-in provider said does not hold/i);
    await page.goto(`${url}/desk/account`);
    assert.equal(await page.locator('a[href="/desk/account/confirm"]').count() > 0, true, 'it is not proved yet');
    provider.bend = {};
    provider.asked.length = 0;
    await ask('tama');
    assert.equal(where(page), '/desk/account');
    assert.ok(provider.asked.some((path) => path.startsWith('/interaction/')), 'they signed in there anew');
    assert.equal(await page.locator('a[href="/desk/account/confirm"]').count(), 0, 'it is proved');
    faults.none();
    for (const visit of visits) await visit.close();
  } finally {
    provider.bend = {};
    await own.stop();
    await provider.allow(cairn.url, health());
  }
});
