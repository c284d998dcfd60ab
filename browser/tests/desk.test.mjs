// The officers' desk: every page in both languages and at three widths, the way in, and a day's work by keyboard alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, NARROW, PHONE, press, shot } from '../lib/browser.mjs';
import { accessible, fits, focused, keyboardVisible, tabTo } from '../lib/checks.mjs';
import { code, person, signIn } from '../lib/people.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
/** Links of the error summary. */
const SUMMARY_LINK = '.error-summary a';
const OWN_PASSWORD = 'tui-in-the-flax-bush';

/** Sends the form that has this button or field. */
const send = (page, inside) => press(page, page.locator(`main form:has(${inside}) button`).first());

/** Looks at the page as it is, at each width: the rules of accessibility once, where the language is longest narrow. */
async function look(page, name, lang = 'en') {
  for (const viewport of [NARROW, PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await fits(page);
    if (viewport === (lang === 'mi' ? NARROW : DESKTOP)) await accessible(page);
    if (viewport !== NARROW) await shot(page, `${name}-${viewport.width}`);
  }
}

/** The same for an address, in both languages. */
async function visit(page, path, name) {
  for (const lang of ['mi', 'en']) {
    const address = new URL(path, cairn.url);
    address.searchParams.set('lang', lang);
    const answer = await page.goto(address.href);
    assert.equal(answer.status(), 200, path);
    assert.equal(await page.locator('html').getAttribute('lang'), lang, path);
    await look(page, `${name}-${lang}`, lang);
  }
  await keyboardVisible(page);
}

/** Somebody of the example with the right to see each page, and what they see. */
const ROUNDS = [
  ['leilani', true, ['/desk', '/desk?state=all&order=severe&assignee=me', '/desk?q=nothing-has-this', '/desk/export']],
  ['matiu', false, ['/desk/account']],
  ['oliver', true, ['/desk/accounts', '/desk/keys', '/desk/jobs', '/desk/audit', '/desk/account']],
  ['ruth', true, ['/desk/audit?kind=signed_in', '/desk']],
];

for (const [login, scripts, paths] of ROUNDS) {
  test(`${login}'s pages at each width in both languages, scripts ${scripts ? 'on' : 'off'}`, async () => {
    const { page, faults, close } = await cairn.open({ scripts });
    await signIn(page, cairn.url, person(cairn.lines, login));
    for (const path of paths) {
      await visit(page, path, `desk${path.replaceAll(/[^a-z]+/g, '-')}-${login}`);
    }
    if (paths.includes('/desk')) {
      await page.goto(`${cairn.url}/desk?state=all`);
      const first = await page.locator('[data-row] a').first().getAttribute('href');
      await visit(page, first, `desk-report-${login}`);
    }
    faults.none(login);
    await close();
  });
}

test('an administrator makes accounts and keys, and every answer is a good page', async () => {
  const { page, faults, close } = await cairn.open({});
  const oliver = person(cairn.lines, 'oliver');
  await signIn(page, cairn.url, oliver);
  await page.goto(`${cairn.url}/desk/accounts`);
  await page.fill('#login', '1');
  await page.fill('#name', 'Hemi Example');
  await page.locator('main form:has(#login) [value=officer]').check({ force: true });
  await send(page, '#login');
  assert.ok(await page.locator('#login[aria-invalid]').count(), await page.innerText('main'));
  await look(page, 'desk-accounts-fault');
  await page.fill('#login', 'hemi');
  await page.fill('#name', 'Hemi Example');
  await page.locator('main form:has(#login) [value=officer]').check({ force: true });
  await send(page, '#login');
  await look(page, 'desk-accounts-made');
  const first = await page.locator('main code').first().innerText();
  await page.goto(`${cairn.url}/desk/keys`);
  await send(page, '#name');
  await look(page, 'desk-keys-fault');
  await page.fill('#name', 'Example Bank');
  await send(page, '#name');
  assert.match(await page.innerText('main'), /cairn_\S{20}/);
  await look(page, 'desk-keys-made');
  await page.goto(`${cairn.url}/desk/keys`);
  await look(page, 'desk-keys-list');
  faults.none();
  await close();
  await wayIn(first);
});

/** The first sign-in with the password that the administrator handed over, a second with a code, one without. */
async function wayIn(first) {
  const { page, faults, close } = await cairn.open({});
  await visit(page, '/sign-in', 'sign-in');
  const begin = async (password) => {
    await page.goto(`${cairn.url}/sign-in?lang=en`);
    await page.fill('#login', 'hemi');
    await page.fill('#password', password);
    await send(page, '#password');
  };
  await begin('not this one');
  await look(page, 'sign-in-fault');
  await begin(first);
  await visit(page, '/sign-in/password', 'sign-in-password');
  await page.fill('#new', 'short');
  await page.fill('#again', 'other');
  await send(page, '#new');
  await look(page, 'sign-in-password-fault');
  await page.fill('#new', OWN_PASSWORD);
  await page.fill('#again', OWN_PASSWORD);
  await send(page, '#new');
  await visit(page, '/sign-in/enrol', 'sign-in-enrol');
  const key = await page.locator('main code').first().innerText();
  await page.fill('#code', '000000');
  await send(page, '#code');
  await look(page, 'sign-in-enrol-fault');
  await page.fill('#code', code(key));
  await send(page, '#code');
  await look(page, 'sign-in-recovery-codes');
  const codes = await page.locator('main ul.codes li').allInnerTexts();
  assert.equal(codes.length, 10);
  await page.goto(`${cairn.url}/desk/account`);
  await page.locator('form[action="/sign-out"] button').first().click();
  await begin(OWN_PASSWORD);
  await visit(page, '/sign-in/code', 'sign-in-code');
  await page.fill('#code', '000000');
  await send(page, '#code');
  await look(page, 'sign-in-code-fault');
  await visit(page, '/sign-in/recovery', 'sign-in-recovery');
  await page.fill('#code', codes[0]);
  await send(page, '#code');
  assert.ok(new URL(page.url()).pathname.startsWith('/desk'), page.url());
  faults.none('the way in');
  await close();
}

/** Presses Enter on what the Tab key reaches, and waits for the page that follows. */
async function enter(page, selector) {
  await tabTo(page, selector);
  assert.ok((await focused(page)).visible, `${selector} shows that it has the focus`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

/** Goes to a list by Tab and chooses the option with the arrow keys. */
async function choose(page, selector, value) {
  await tabTo(page, selector);
  await page.keyboard.press('Home');
  for (let press = 0; press < 100; press += 1) {
    if ((await page.locator(selector).inputValue()) === value) return;
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`${selector} never comes to ${value}`);
}

for (const scripts of [true, false]) {
  test(`an officer works on a report by keyboard alone, scripts ${scripts ? 'on' : 'off'}`, async () => {
    const { page, faults, close } = await cairn.open({ scripts });
    const login = scripts ? 'hana' : 'matiu';
    const name = scripts ? /Hana Example/ : /Matiu Example/;
    await signIn(page, cairn.url, person(cairn.lines, login));
    await page.goto(`${cairn.url}/desk?state=received`);
    await enter(page, '[data-row] a');
    const at = page.url();
    const work = (action) => `form[action$="/${action}"]`;
    await enter(page, `${work('assign')} button`);
    assert.match(await page.innerText('main'), name);
    await choose(page, `${work('category')} select`, 'ransomware');
    await enter(page, `${work('category')} button`);
    await choose(page, `${work('severity')} select`, '6');
    await enter(page, `${work('severity')} button`);
    await tabTo(page, `${work('message')} textarea`);
    await page.keyboard.type('Kia ora. Which page was it?');
    await tabTo(page, `${work('message')} [name=waits]`);
    await page.keyboard.press('Space');
    await enter(page, `${work('message')} button`);
    let text = await page.innerText('main');
    assert.ok(text.includes('Kia ora. Which page was it?') && /ransomware/i.test(text), text);
    // Forgetting the outcome leads back to it, by the summary at the top.
    await enter(page, `${work('close')} button`);
    await tabTo(page, SUMMARY_LINK);
    await page.keyboard.press('Enter');
    assert.equal((await focused(page)).name, 'outcome');
    await page.keyboard.press('ArrowDown');
    await enter(page, `${work('close')} button`);
    assert.equal(page.url(), at);
    await enter(page, `${work('reopen')} button`);
    text = await page.innerText('main');
    assert.ok(text.includes('Reopened'), text);
    faults.none();
    await close();
  });
}
