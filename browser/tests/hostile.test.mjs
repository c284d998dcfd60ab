// Hostile texts through every door, and every page on which they may be shown: nothing runs, nothing is asked for elsewhere,
// nothing gets lost. browser/README.md says how much of it is done at each run, and how to do all.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { Alike, scriptsReadNoAddress } from '../lib/alike.mjs';
import { DESKTOP, NARROW, PHONE, open, press, shot } from '../lib/browser.mjs';
import { fits } from '../lib/checks.mjs';
import { control } from '../lib/control.mjs';
import { Client, each } from '../lib/http.mjs';
import { LANES, cookiesOf, lanes, shared } from '../lib/lanes.mjs';
import { harmlessPage, inspect, said, shape, unlike } from '../lib/look.mjs';
import { MailServer, maildir, message } from '../lib/mail.mjs';
import { code, person, signIn } from '../lib/people.mjs';
import { DOORS, checkPlan, covering, harmless, heaps, plan } from '../lib/plan.mjs';
import { getRoutes } from '../lib/routes.mjs';
import { document, fillIn, link, opened, sendApi, sendForm, token, uploadApi } from '../lib/send.mjs';
import { ADDRESSES, TYPED, again, inField, put, typedTexts } from '../lib/typing.mjs';
import { csv, kept, keptLine, oneLine, startsFormula, title, undone } from '../lib/text.mjs';
import { world } from '../lib/world.mjs';
import { payloads } from '../payloads.mjs';

const run = promisify(execFile);
const DAY_MS = 86_400_000;
/** Moves the texts on to other fields, from day to day. */
const TURN = Number(process.env.CAIRN_HOSTILE_TURN ?? Math.floor(Date.now() / DAY_MS) % payloads.length);
/** All reports on all pages, not only as many as carry all texts. */
const FULL = process.env.CAIRN_HOSTILE === 'full';
/** Requests at a time: those that come together share the wait for the disk. */
const AT_ONCE = 24;
/** Of what is only written back into a field or an address, so many turns make the whole. */
const PARTS = 3;
/** Whether an item is this turn's. */
const now = (at) => FULL || at % PARTS === TURN % PARTS;
/** Reports among which the messages of a door are shared out. */
const HEAPS = 12;
/** Longest name of an account or a key, characters. */
const NAME_CHARS_MAX = 100;
/** Longest address that a test opens: the head of a request has a limit. */
const ADDRESS_CHARS_MAX = 7_000;
const MAILS_MAX_MS = 180_000;

let post;
const cairn = world(async () => {
  post = await MailServer.start();
  return ['--set', `mail.smtp=${post.url}`];
});
after(() => post?.stop());

console.log(`# turn ${TURN}${FULL ? ', all of it' : ''}`);
const plans = Object.fromEntries(Object.keys(DOORS).map((door) => [door, plan(door, TURN)]));
/** As few of them as carry all payloads. */
const carriers = (cases) => covering(cases, (one) => one.ids());
/** Those that are looked at one by one: as few as carry all payloads, or all. */
const looked = Object.fromEntries(
  Object.entries(plans).map(([door, cases]) => [door, FULL ? cases : carriers(cases)]),
);
/** What became of each report: `{ reference, secret? }`, by door and number. */
const sent = { form: new Map(), api: new Map(), mail: new Map(), typed: new Map() };
/** Cookies of people who are signed in, or who are about to be. */
const signedIn = {};

/** One payload of each kind that a filter lets through; which one moves on with the turn. */
function ofEachKind(filter = () => true) {
  const kinds = new Map();
  for (const one of payloads.filter(filter)) kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one]);
  return [...kinds.values()].map((list) => list[TURN % list.length]);
}

const cli = (...args) => run(process.env.CAIRN_BIN, [...args, '--data', join(cairn.data, 'data')], { maxBuffer: 1 << 28 });

/** Signs somebody in, once, whoever asks for it; gives the cookies. */
async function officer(login) {
  signedIn[login] ??= (async () => {
    const visit = await cairn.open();
    await signIn(visit.page, cairn.url, person(cairn.lines, login));
    const cookies = await shared(visit);
    await visit.close();
    return cookies;
  })();
  return { cookies: await signedIn[login] };
}

/** A client with an officer's session. */
async function officerClient(login) {
  const client = new Client(cairn.url);
  for (const { name, value } of (await officer(login)).cookies) client.cookies.set(name, value);
  return client;
}

/** Opens a page, and looks at all of it. */
async function look({ page, faults }, path) {
  await page.goto(cairn.url + path);
  await looksRight({ page, faults });
}

async function looksRight({ page, faults }) {
  await harmlessPage(page, faults);
  await fits(page);
}

/** The same on paper. */
async function printsRight(visit) {
  await visit.page.emulateMedia({ media: 'print' });
  await looksRight(visit);
  await visit.page.emulateMedia({ media: null });
}

/** Keeps pictures of the page, small and wide. */
async function pictures(page, name) {
  const before = page.viewportSize();
  for (const viewport of [PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await shot(page, `hostile-${name}-${viewport.width}`);
  }
  await page.setViewportSize(before);
}

/** Throws unless the page shows each of the texts whole: `[where, payload, text as it is kept]`. */
async function shows(page, texts) {
  const shown = new Set((await said(page)).map(undone));
  for (const [where, payload, text] of texts) {
    if (!shown.has(text)) throw new Error(`${page.url()}: ${where} does not show ${payload.id}: ${JSON.stringify(text.slice(0, 200))}`);
  }
}

test('texts that are not made harmless are noticed, by each means', async () => {
  const policy = (await fetch(cairn.url)).headers.get('content-security-policy');
  const { url, stop } = await control(policy);
  const tried = payloads.filter(({ kind, text }) => ['script', 'handler', 'svg', 'style', 'link'].includes(kind) && text.startsWith('<'));
  const noticed = { dialog: 0, 'foreign request': 0, policy: 0, element: 0 };
  const visit = await open(cairn.browser, { origins: [url] });
  const { page, faults } = visit;
  for (const how of ['bare', 'guarded']) {
    for (const { id } of tried.filter((_, at) => at % 8 === TURN % 8)) {
      await page.goto(`${url}/${how}/${id}`, { waitUntil: 'commit' }).catch(() => {});
      await page.waitForTimeout(50);
      noticed.element += await inspect(page).then((found) => (found.length > 0 ? 1 : 0), () => 0);
      for (const kind of Object.keys(noticed)) noticed[kind] += faults.found.some((fault) => fault.startsWith(`${kind}:`)) ? 1 : 0;
      if (how === 'guarded') assert.ok(!faults.found.some((fault) => fault.startsWith('dialog')), `${id} runs under the policy`);
      faults.found.length = 0;
    }
  }
  await visit.close();
  stop();
  for (const [kind, count] of Object.entries(noticed)) assert.ok(count >= 5, `${kind}: noticed ${count} times only`);
});

test('every field of every door carries texts of every kind', () => {
  checkPlan(plans);
  assert.ok(payloads.length >= 500);
});

test('the API takes every text', async () => {
  const client = new Client(cairn.url);
  const files = [await uploadApi(client, 'a file'), await uploadApi(client, 'another file')];
  await each(plans.api, AT_ONCE, async (one) => {
    const received = await sendApi(client, one, files);
    sent.api.set(one.no, received);
    // A repeated request makes no second report, whatever its key says.
    if (one.no % 10 === 0 && one.fields.key.id !== 'p0') {
      assert.equal((await sendApi(client, one, files)).reference, received.reference);
    }
  });
  sent.api.set('harmless', await sendApi(client, harmless('api', plans.api[0]), files));
  client.close();
});

test('mail brings every text', async () => {
  const all = [...plans.mail, harmless('mail', plans.mail[1])].map((one, at) => [at < plans.mail.length ? one.no : 'harmless', message(one)]);
  // As a mail server's pipe, and as maildirs, several at a time.
  const [piped, ...folders] = [all.slice(0, 20), ...heaps(all.slice(20), 8)];
  const take = (part, references) => {
    assert.equal(references.length, part.length);
    for (const [at, [no]] of part.entries()) sent.mail.set(no, { reference: references[at] });
  };
  const pipe = each(piped, 1, async ([, bytes]) => {
    const command = cli('report', 'import-mail');
    command.child.stdin.end(bytes);
    return (await command).stdout.trim();
  });
  await Promise.all(folders.map(async (part, at) => {
    const folder = join(cairn.data, `maildir-${at}`);
    maildir(folder, part.map(([, bytes]) => bytes));
    const { stdout } = await cli('report', 'import-mail', '--maildir', folder);
    take(part, stdout.trim().split('\n'));
  }));
  take(piped, await pipe);
  assert.equal(new Set([...sent.mail.values()].map(({ reference }) => reference)).size, all.length);
});

test('the form takes every text', async () => {
  // Twenty pages each: those that are looked at one by one carry all texts; of the others, a part at each run.
  const rest = plans.form.filter((one) => !looked.form.includes(one) && now(one.no));
  await each([...rest, harmless('form', plans.form[0])], AT_ONCE, async (one, at) => {
    const client = await fillIn(cairn.url, one);
    sent.form.set(at < rest.length ? one.no : 'harmless', await sendForm(client));
    client.close();
  });
});

test('the form shows again what was typed, asks to check it, and sends it', async () => {
  const filled = new Map(await each(looked.form, AT_ONCE, async (one) => [one, await fillIn(cairn.url, one)]));
  const seen = new Set();
  const opens = (one, slot, place) => one.fields[slot] && !seen.has(one.fields[slot].id) && now(one.no + place);
  await lanes(cairn, looked.form, async (visit, one, at) => {
    const { page } = visit;
    await page.context().clearCookies();
    await page.context().addCookies(cookiesOf(filled.get(one)));
    for (const [place, [step, fields]] of Object.entries(TYPED).entries()) {
      const here = fields.filter(([, slot]) => one.fields[slot]);
      // A page of the form is opened for what no such page has shown yet.
      if (!here.some(([, slot]) => opens(one, slot, place))) continue;
      await look(visit, `/report/${step}`);
      for (const [field, slot] of here) {
        if (!FULL) seen.add(one.fields[slot].id);
        assert.equal(await page.inputValue(`[name="${field}"]`), DOORS.form[slot].keep(one.text(slot)), `${step}, ${field}`);
      }
    }
    if (one.fields.file_name && now(one.no)) await look(visit, '/report/files');
    await look(visit, '/report/check');
    await shows(page, one.told());
    if (at % 10 === 0) {
      await printsRight(visit);
      await press(page, 'form[action="/report/send"] button');
      assert.equal(new URL(page.url()).pathname, '/report/sent');
      await looksRight(visit);
      sent.form.set(one.no, link(await page.content()));
      await press(page, 'a[href^="/s/"]');
      await looksRight(visit);
    } else {
      sent.form.set(one.no, await sendForm(filled.get(one)));
    }
    filled.get(one).close();
  });
});

test('a page of the form with errors shows what was typed', async () => {
  const long = 'x'.repeat(20_001);
  /** Pages with errors: step, fields, and whether they have lines. */
  const wrongs = [];
  for (const heap of heaps(payloads, 10)) {
    const items = heap.flatMap((payload, at) => [[`money-${at % 20}-${['amount', 'recovered', 'day', 'month', 'year'][Math.floor(at / 20)]}`, payload.text]]);
    wrongs.push({ step: 'money', fields: Object.fromEntries(items) });
  }
  for (const [at, payload] of payloads.entries()) {
    if (!FULL && (at + TURN) % 12 !== 0) continue;
    const step = ['story', 'traces', 'measures'][at % 3];
    wrongs.push({ step, fields: { [step]: payload.text + long }, area: true });
    const next = payloads[(at + 1) % payloads.length];
    wrongs.push({ step: 'service', fields: { org_name: payload.text, service: next.text, users_affected: payload.text } });
    wrongs.push({ step: 'contact', fields: { 'contact-name': next.text, 'contact-phone': payload.text, 'contact-email': `${payload.text} ` } });
  }
  // A draft of each lane's own; the page on money is asked for only where some was lost.
  const drafts = await each(Array.from({ length: 2 * LANES }), AT_ONCE, async (_, at) => {
    const client = await fillIn(cairn.url, harmless('form', plans.form[0]));
    if (at >= LANES) await client.post('/report/loss', { loss: 'money' });
    return client;
  });
  await lanes(cairn, wrongs, async (visit, { step, fields, area }, _, lane) => {
    const client = drafts[step === 'money' ? LANES + lane : lane];
    await visit.page.context().addCookies(cookiesOf(client));
    const answer = await client.post(`/report/${step}`, fields);
    if (answer.status !== 303) throw new Error(`${step} answers ${answer.status}`);
    await look(visit, `/report/${step}`);
    assert.match(await visit.page.title(), /^Error:/, `${step} takes ${JSON.stringify(fields).slice(0, 100)}`);
    for (const [name, text] of Object.entries(fields)) {
      const value = await visit.page.inputValue(`[name="${name}"]`);
      // Browsers trim addresses.
      const trim = (value) => (name === 'contact-email' ? value.trim() : value);
      assert.equal(trim(value), trim(again(text, area)), `${step}, ${name}`);
    }
  });
  for (const client of drafts) client.close();
});

test('what is typed in the browser arrives', async () => {
  // Page after page in the browser is slow: in full, as many as carry all texts.
  const cases = FULL ? carriers(plans.form) : plans.form.filter(({ no }) => no % 120 === TURN % 120);
  await lanes(cairn, cases, async (visit, one) => {
    const { page } = visit;
    await page.context().clearCookies();
    await page.goto(`${cairn.url}/report`);
    await press(page, 'main form button');
    await typeAll(visit, one);
    await looksRight(visit);
    await shows(page, typedTexts(one));
    await press(page, 'form[action="/report/send"] button');
    sent.typed.set(one.no, link(await page.content()));
    await press(page, 'a[href^="/s/"]');
    await page.fill('#text', `${one.text('traces')}${'x'.repeat(10_001)}`);
    await press(page, 'form[action="/status/message"] button');
    await looksRight(visit);
    await page.fill('#text', one.text('story'));
    await press(page, 'form[action="/status/message"] button');
    // People at risk are not asked for files.
    assert.equal(await page.locator('#files').count(), one.fields.aside ? 0 : 1);
    if (!one.fields.aside) {
      await page.setInputFiles('#files', [{ name: 'sample.txt', mimeType: 'text/html', buffer: Buffer.from(one.text('story')) }]);
      await press(page, 'form[action="/status/file"] button');
    }
    await press(page, 'form[action="/status/consent"] button >> nth=0');
    await looksRight(visit);
    await shows(page, [['messages', one.fields.story, kept(one.text('story'))]]);
    await look(visit, '/status/erase');
  }, { viewport: PHONE });
});

/** Fills in page after page as a person does, with mistakes on some, until all can be checked. */
async function typeAll(visit, one) {
  const { page, faults } = visit;
  const choices = {
    who: 'law', danger: 'no', what: one.fields.aside ? 'threats' : 'phishing', phishing_did: 'none', threat_kind: 'other', impact: 'none',
    malicious: 'no', cross_border: 'no', supplier: 'yes', ransom: 'no', loss: 'none', help: 'only_tell', identity: 'contact',
    'started-not_known': '1', 'detected-not_known': '1',
  };
  const go = () => press(page, 'main form button.button:not(.plain)');
  for (let steps = 0; !page.url().endsWith('/report/check'); steps += 1) {
    assert.ok(steps < 40, `the form does not end: ${page.url()}`);
    const step = new URL(page.url()).pathname.split('/').pop();
    for (const [name, value] of Object.entries(choices)) {
      const box = page.locator(`main [name="${name}"][value="${value}"]`);
      if (await box.count()) await box.check({ force: true });
    }
    const fields = TYPED[step] ?? [];
    if (fields.length > 1 || step === 'contact') {
      // Once with a mistake.
      const mistake = `${one.text('story').slice(0, 100)} is none`;
      if (step === 'contact') await page.fill('#contact-email', mistake);
      else await page.fill('#users_affected', mistake);
      for (const [field, slot] of fields) await put(page, `[name="${field}"]`, one.text(slot));
      await go();
      await looksRight(visit);
    }
    for (const [field, slot] of fields) {
      await put(page, `[name="${field}"]`, one.text(slot));
    }
    if (step === 'service') await page.fill('#users_affected', '1');
    if (step === 'contact') await page.fill('#contact-email', 'typed@example.org');
    if (step === 'files') {
      await page.setInputFiles('#files', [{ name: one.text('file_name').replaceAll('/', '_'), mimeType: 'image/png', buffer: Buffer.from('MZ..') }]);
      await press(page, 'button[value=upload]');
      await looksRight(visit);
    }
    await go();
    faults.none(step);
  }
}

test('officers read every report', async () => {
  const who = await officer('hana');
  const all = Object.entries(looked).flatMap(([door, cases]) => cases.map((one) => [one, sent[door].get(one.no)]));
  const typed = plans.form.filter((one) => sent.typed.has(one.no)).map((one) => [one, sent.typed.get(one.no), typedTexts(one)]);
  await lanes(cairn, [...all, ...typed], async (visit, [one, { reference }, texts = one.told()], at) => {
    await look(visit, `/desk/reports/${reference}`);
    await shows(visit.page, texts);
    if (one.door === 'mail') {
      const hash = createHash('sha256').update(message(one)).digest('hex');
      assert.ok((await visit.page.textContent('main')).includes(hash), `${reference}: the message is not kept as it came`);
    }
    if (at % 20 === 0) await printsRight(visit);
    if (at % 60 === 0) await pictures(visit.page, `read-${one.door}-${one.no}`);
  }, who);
});

test('a page about hostile texts is made like one about plain words', async () => {
  const visit = await cairn.open();
  await visit.page.context().addCookies((await officer('hana')).cookies);
  const shapeOf = async (page) => {
    // Which mails have left by now is not of the texts.
    await page.evaluate(() => document.querySelector('#mails-sent')?.remove());
    return shape(page);
  };
  // What is found in a text, and how many lines a list has, may differ.
  const free = ['dt', 'dd', 'div', 'code', 'bdi', 'p', 'hr', 'h2', 'dl', 'link to an observable'];
  // Not every mail is answered with a link, which the page says in a section.
  const freeOf = { mail: [...free, 'section'], form: free, api: free };
  for (const [door, like] of [['form', 0], ['api', 0], ['mail', 1]]) {
    await visit.page.goto(`${cairn.url}/desk/reports/${sent[door].get('harmless').reference}`);
    const plain = await shapeOf(visit.page);
    for (const one of plans[door].filter(({ no }) => no % 30 === like && sent[door].has(no))) {
      await visit.page.goto(`${cairn.url}/desk/reports/${sent[door].get(one.no).reference}`);
      assert.deepEqual(unlike(await shapeOf(visit.page), plain, freeOf[door]), [], `${door} ${one.no}`);
    }
  }
  await visit.close();
});

/** Shares all payloads out among reports; `write` sends one as a message. Gives `[report, its payloads]`. */
async function messages(reports, begin, write) {
  const shares = heaps(payloads, HEAPS).map((heap, at) => [reports[at], heap]);
  await each(shares, AT_ONCE, async ([report, heap]) => {
    const client = await begin(report);
    for (const [at, payload] of heap.entries()) await write(client, report, payload.text, at);
    client.close();
  });
  return shares;
}

const expectStatus = (answer, status, where) => {
  if (answer.status !== status) throw new Error(`${where} answers ${answer.status}: ${answer.text.slice(0, 200)}`);
};

test('messages show every text, on the status page and to officers', async () => {
  const reports = (door, from) => plans[door].filter(({ no }) => sent[door].has(no)).slice(from, from + HEAPS).map(({ no }) => sent[door].get(no));
  const byForm = await messages(reports('form', 0), (report) => opened(cairn.url, report), async (client, _, text) => {
    expectStatus(await client.post('/status/message', { text }), 303, '/status/message');
  });
  const byApi = await messages(reports('api', 20), () => new Client(cairn.url), async (client, { reference, secret }, text) => {
    const path = `/api/v1/status/${reference}/messages`;
    expectStatus(await client.json(path, { text }, { 'cairn-secret': secret }), 204, path);
  });
  const byOfficer = await messages(reports('form', HEAPS), async ({ reference }) => {
    const client = await officerClient('hana');
    const page = (await client.get(`/desk/reports/${reference}`)).text;
    client.form = { csrf: token(page), version: Number(/name="version" value="(\d+)"/.exec(page)[1]) };
    return client;
  }, async (client, { reference }, text, at) => {
    const path = `/desk/reports/${reference}/message`;
    const { csrf, version } = client.form;
    // Some of the texts stand in the report, too: looked at, and left as written.
    const kept = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`keep-${n}`, '1']));
    expectStatus(await client.post(path, { csrf, version: String(version + at), text, seen: '1', ...kept, ...(at % 2 ? { waits: '1' } : {}) }), 303, path);
  });
  const all = [...byForm, ...byApi, ...byOfficer];
  const texts = (heap) => heap.map((payload) => ['messages', payload, kept(payload.text)]);
  await lanes(cairn, all, async (visit, [{ reference, secret }, heap], at) => {
    await visit.page.context().clearCookies();
    await look(visit, `/s/${reference}-${secret}`);
    await shows(visit.page, texts(heap));
    if (at % 12 === 0) await printsRight(visit);
    if (at % 12 === 1) await pictures(visit.page, `status-${at}`);
    const client = new Client(cairn.url);
    const status = JSON.parse((await client.get(`/api/v1/status/${reference}`, { 'cairn-secret': secret })).text);
    assert.deepEqual(status.messages.map(({ text }) => text), heap.map(({ text }) => kept(text)));
    client.close();
  });
  await lanes(cairn, all, async (visit, [{ reference }, heap]) => {
    await look(visit, `/desk/reports/${reference}`);
    await shows(visit.page, texts(heap));
  }, await officer('hana'));
});

/** What the title of each report must be, by reference. */
function titles() {
  const all = new Map();
  for (const one of plans.form.filter(({ no }) => sent.form.has(no))) all.set(sent.form.get(one.no).reference, title(kept(one.text('story'))));
  for (const one of plans.api) all.set(sent.api.get(one.no).reference, title(kept(one.text('story'))));
  for (const one of plans.mail) all.set(sent.mail.get(one.no).reference, title(oneLine(one.text('subject'))));
  return all;
}

test('the queue shows every report, page after page, and finds them', async () => {
  const shown = new Map();
  const ways = [['/desk?state=all', NARROW, Infinity], ['/desk?state=all&order=severe', DESKTOP, FULL ? Infinity : 5]];
  await lanes(cairn, ways, async (visit, [first, viewport, most]) => {
    await visit.page.setViewportSize(viewport);
    for (let path = first, pages = 0; path && pages < most; pages += 1) {
      await look(visit, path);
      const rows = await visit.page.$$eval('[data-row]', (all) => all.map((row) => [row.querySelector('a').textContent, row.querySelector('.title').textContent]));
      for (const [reference, words] of rows) shown.set(reference, undone(words));
      if (pages === 1) await printsRight(visit);
      if (pages < 2) await pictures(visit.page, `queue-${viewport.width}-${pages}`);
      path = await visit.page.$$eval('a[rel=next]', ([next]) => next?.getAttribute('href'));
    }
  }, await officer('hana'));
  for (const [reference, words] of titles()) assert.equal(shown.get(reference), words, reference);
});

/** Bundles of payloads, each a value of another name, none longer than an address may be. */
function bundles(names) {
  const found = [{}];
  for (const payload of payloads) {
    if (encodeURIComponent(payload.text).length > ADDRESS_CHARS_MAX) continue;
    const last = found.at(-1);
    const size = new URLSearchParams(last).toString().length + encodeURIComponent(payload.text).length;
    if (Object.keys(last).length === names.length || size > ADDRESS_CHARS_MAX) found.push({});
    found.at(-1)[names[Object.keys(found.at(-1)).length]] = payload.text;
  }
  return found;
}

test('what is searched for is shown as it was typed', async () => {
  const names = ['q', 'state', 'category', 'order', 'mine', 'after', 'x'];
  // Each is searched for, some among all reports, the others where there is little to find and so little to draw.
  const searches = payloads
    .filter(({ text }, at) => now(at) && encodeURIComponent(text).length < ADDRESS_CHARS_MAX)
    .map(({ text }, at) => (at % 15 === 0 ? { q: text } : { q: text, state: 'all', category: 'vulnerability' }));
  await lanes(cairn, [...searches, ...bundles(names)], async (visit, query) => {
    await look(visit, `/desk?${new URLSearchParams(query)}`);
    const wanted = query.q.replace(/[\r\n]/g, '').replaceAll('\0', '\ufffd');
    // With something chosen in the lists beside it, the line is written anew from what was understood.
    if (!query.state && !query.category) assert.equal(await visit.page.inputValue('#q'), wanted);
  }, await officer('hana'));
  const trails = bundles(['report', 'account', 'kind', 'before', 'x']).filter((_, at) => now(at));
  await lanes(cairn, trails, async (visit, query) => {
    await look(visit, `/desk/audit?${new URLSearchParams(query)}`);
  }, await officer('ruth'));
});

const named = (text) => [...oneLine(text)].length <= NAME_CHARS_MAX && oneLine(text) !== '';

test('names of colleagues and partners are only names', async () => {
  const visit = await cairn.open();
  const { page } = visit;
  await page.context().addCookies((await officer('oliver')).cookies);
  const firsts = [];
  for (const [at, payload] of ofEachKind(({ text }) => named(text)).filter((_, at) => now(at)).entries()) {
    await page.goto(`${cairn.url}/desk/accounts`);
    await page.fill('#login', `hostile${at}`);
    await put(page, '#name', payload.text);
    // Once without a role: the form comes again with what was typed.
    await press(page, 'form[action="/desk/accounts"] button');
    await looksRight(visit);
    await page.check('[name=role][value=officer]');
    await press(page, 'form[action="/desk/accounts"] button');
    await looksRight(visit);
    firsts.push({ login: `hostile${at}`, payload, password: await page.innerText('.panel code') });
    await page.goto(`${cairn.url}/desk/keys`);
    await put(page, '#name', payload.text);
    await press(page, 'form[action="/desk/keys"] button');
    await looksRight(visit);
  }
  await look(visit, '/desk/accounts');
  // A page that comes again shows NUL as the sign for what is lost, and that is what is sent the second time.
  const names = firsts.map(({ login, payload }) => [login, payload, oneLine(inField(payload.text).replaceAll("\0", "\ufffd"))]);
  await shows(page, names);
  const client = await officerClient('oliver');
  const csrf = token((await client.get('/desk/keys')).text);
  const keys = payloads.filter(({ text }) => named(text));
  await each(keys, AT_ONCE, async ({ text }) => expectStatus(await client.post('/desk/keys', { csrf, name: text }), 200, '/desk/keys'));
  client.close();
  await look(visit, '/desk/keys');
  await shows(page, keys.map((payload) => ['keys', payload, oneLine(payload.text)]));
  await visit.close();
  await everywhere(firsts[TURN % firsts.length]);
  await half(firsts[TURN % firsts.length].payload);
  await choosing(names);
});

/** Somebody with a hostile name signs in for the first time, takes a report, writes, and closes it. */
async function everywhere({ login, password, payload }) {
  const visit = await cairn.open();
  const { page } = visit;
  const go = () => press(page, 'main form:not([action="/sign-out"]) button');
  await page.goto(`${cairn.url}/sign-in`);
  await page.fill('#login', payload.text);
  await page.fill('#password', payload.text);
  await go();
  await looksRight(visit);
  await page.fill('#login', login);
  await page.fill('#password', password);
  await go();
  assert.equal(new URL(page.url()).pathname, '/sign-in/password');
  await looksRight(visit);
  await page.fill('#new', 'a long enough password');
  await page.fill('#again', 'a long enough password');
  await go();
  assert.equal(new URL(page.url()).pathname, '/sign-in/enrol');
  await looksRight(visit);
  await page.fill('#code', code(await page.innerText('main p > code')));
  await go();
  await looksRight(visit);
  const { reference } = sent.api.get(5);
  for (const path of ['/desk', '/desk/account', `/desk/reports/${reference}`]) await look(visit, path);
  await press(page, 'form[action$="/assign"] button');
  await page.fill('#text', payload.text);
  await press(page, 'form[action$="/message"] button:not([name])');
  await looksRight(visit);
  await page.fill('#text', payload.text + 'x'.repeat(10_001));
  await press(page, 'form[action$="/message"] button:not([name])');
  await looksRight(visit);
  await page.selectOption('#outcome', { index: 1 });
  await press(page, 'form[action$="/close"] button');
  await looksRight(visit);
  await visit.close();
}

/** Hostile codes in a sign-in that is half done. */
async function half(payload) {
  const visit = await cairn.open();
  const { page } = visit;
  const who = person(cairn.lines, 'matiu');
  const go = () => press(page, 'main form:not([action="/sign-out"]) button');
  await page.goto(`${cairn.url}/sign-in`);
  await page.fill('#login', who.login);
  await page.fill('#password', who.password);
  await go();
  for (const path of ['/sign-in/code', '/sign-in/recovery']) {
    await look(visit, path);
    await page.fill('main form:not([action="/sign-out"]) input:not([type=hidden])', payload.text);
    await go();
    await looksRight(visit);
  }
  await visit.close();
}

/** The lists of colleagues that a lead and an auditor choose from. */
async function choosing(names) {
  const wanted = names.map(([, , text]) => text);
  for (const [login, path, field] of [['leilani', `/desk/reports/${sent.api.get(6).reference}`, '#to'], ['ruth', '/desk/audit', '#account']]) {
    const visit = await cairn.open({ viewport: NARROW });
    await visit.page.context().addCookies((await officer(login)).cookies);
    await look(visit, path);
    const options = (await visit.page.$$eval(`${field} option`, (all) => all.map((option) => option.label))).map(undone);
    assert.deepEqual(wanted.filter((text) => !options.includes(text)), [], path);
    await visit.close();
  }
}

test('addresses that are none are refused or given up', async () => {
  const client = new Client(cairn.url);
  const one = harmless('api', plans.api[0]);
  const tried = [...payloads.map(({ text }) => text), ...ADDRESSES];
  await each(tried, AT_ONCE, async (email) => {
    const body = { ...document(one, []), contact: { name: email.slice(0, 100), email } };
    const answer = await client.json('/api/v1/reports', body);
    if (answer.status === 201) addressed.push(email.trim());
    else expectStatus(answer, 422, email);
    assert.match(answer.headers['content-type'], /^application\/(problem\+)?json/);
  });
  client.close();
  // Those that the program takes and mail does not are given up at once, and shown.
  const visit = await cairn.open();
  await visit.page.context().addCookies((await officer('oliver')).cookies);
  for (let tries = 0; ; tries += 1) {
    await look(visit, '/desk/jobs');
    if ((await visit.page.locator('tbody tr').count()) > 0) break;
    assert.ok(tries < 240, 'no mail was given up');
    await visit.page.waitForTimeout(1_000);
  }
  await visit.close();
});

/** Those of them that were taken. */
const addressed = [];

test('mail to reporters holds nothing of what they wrote', async () => {
  const ours = ['From', 'To', 'Subject', 'Date', 'Message-ID', 'Auto-Submitted', 'Content-Type', 'Content-Transfer-Encoding', 'MIME-Version', 'In-Reply-To', 'References'];
  const envelope = ['X-Peer', 'X-MailFrom', 'X-RcptTo'];
  // Reminders of returns go to the office of a plan, and the contacts of the example's constituents are asked whether they are right: by
  // rules of their own, and they may come in between.
  const others = /^(harbour@example\.org|[a-z.]+@(clinic|council|harbour|health|hosting|internet|library|museum|power|university)\.example)$/;
  const toOthers = ({ headers }) => headers.some(([key, value]) => key === 'To' && others.test(value));
  const letters = plans.mail.length + plans.api.length;
  await post.arrived(letters, MAILS_MAX_MS);
  await post.arrived(letters + post.messages().filter(toOthers).length, MAILS_MAX_MS);
  const came = post.messages().filter((message) => !toOthers(message));
  const bodies = new Set();
  for (const { headers, defects, multipart, type, body, name } of came) {
    assert.ok(!multipart && type === 'text/plain', name);
    const names = headers.map(([key]) => key);
    assert.equal(new Set(names).size, names.length, `a header twice: ${names}`);
    assert.deepEqual(names.filter((key) => ![...ours, ...envelope].includes(key)), [], name);
    const own = Object.fromEntries(headers);
    // An address beyond ASCII (RFC 6532) is as it should be; Python's parser knows only the older rule.
    const beyond = /[^ -~]/.test(own.To) ? /non-ascii/i : /^$/;
    assert.deepEqual(defects.filter((defect) => !beyond.test(defect)), [], name);
    assert.equal(own['X-RcptTo'], own.To, 'one recipient, whose address stands in the header');
    assert.match(own.To, /^[^\s<>,]+@[^\s<>,]+$/);
    assert.match(own.Subject, /^[^\r\n]{1,80}: [^\r\n]{1,60} [2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]$/);
    bodies.add(`${own.Subject}\n${body}`.replace(/[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]/g, 'REFERENCE').replace(/\/s\/REFERENCE-\S+/g, 'LINK'));
  }
  // Three letters in two languages, each the same for everybody but for reference and secret link.
  assert.ok(bodies.size <= 6, `${bodies.size} different letters`);
  for (const body of bodies) assert.doesNotMatch(body, /alert\(|canary|hostile|plain words/);
  for (const email of addressed.filter((address) => /^[a-z]+@example\.org$/.test(address))) {
    assert.ok(came.some(({ headers }) => headers.some(([key, value]) => key === 'To' && value === email)), email);
  }
});

/** Rows of an export, as objects. */
function rows(text, format) {
  if (format === 'jsonl') return text.trimEnd().split('\n').map((line) => JSON.parse(line));
  const [head, ...lines] = csv(text);
  for (const [at, line] of lines.entries()) {
    assert.equal(line.length, head.length, `row ${at} has ${line.length} cells`);
    for (const cell of line) assert.ok(!startsFormula(cell), `row ${at}: ${JSON.stringify(cell)}`);
  }
  return lines.map((line) => Object.fromEntries(line.map((cell, at) => [head[at], cell])));
}

test('exports hold every text, and no formula', async () => {
  const visit = await cairn.open();
  const { page } = visit;
  await page.context().addCookies((await officer('leilani')).cookies);
  const files = {};
  for (const format of ['csv', 'jsonl']) {
    await look(visit, '/desk/export');
    await page.selectOption('#format', format);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('main form button')]);
    assert.match(download.suggestedFilename(), new RegExp(`^reports-\\d{4}-\\d\\d-\\d\\d\\.${format}$`));
    files[`desk ${format}`] = [readFileSync(await download.path(), 'utf8'), format];
    files[`command ${format}`] = [(await cli('export', 'reports', '--format', format)).stdout, format];
  }
  visit.faults.none();
  await visit.close();
  const wanted = titles();
  for (const [where, [text, format]] of Object.entries(files)) {
    const found = new Map(rows(text, format).map((row) => [row.reference, row.title]));
    assert.equal(found.size, rows(text, format).length, where);
    for (const [reference, words] of wanted) {
      const cell = format === 'csv' && startsFormula(words) ? `'${words}` : words;
      assert.equal(found.get(reference), cell, `${where}, ${reference}`);
    }
  }
});

/** All routes that GET answers. One that is missing here is a page that nobody has thought of yet: add it, and say above what
 * strangers' texts it shows. */
const ROUTES = [
  '/', '/accessibility', '/api', '/api/desk', '/api/partners', '/api/v1/desk/openapi.json', '/api/openapi.json', '/api/v1/form', '/api/v1/owner/notices', '/api/v1/owner/rows', '/api/v1/referrals', '/api/v1/referrals/{reference}/{no}/package', '/api/v1/status/{reference}',
  '/api/v1/status/{reference}/receipt', '/assets/{file}', '/checkpoint', '/desk', '/desk/account', '/desk/account/confirm', '/desk/accounts', '/desk/agencies', '/desk/agencies/{agency}', '/desk/audit', '/desk/bulk', '/desk/bulk/{no}', '/desk/cases', '/desk/cases/{no}', '/desk/cases/{no}/observables', '/desk/cases/{no}/present', '/desk/challenges', '/desk/challenges/{no}', '/desk/clocks', '/desk/clusters', '/desk/clusters/next', '/desk/clusters/{no}', '/desk/erased', '/desk/erased.csv', '/desk/export', '/desk/jobs',
  '/desk/keyboard', '/desk/keys', '/desk/next', '/desk/notices', '/desk/notices/rules', '/desk/notices/why', '/desk/notices/{no}', '/desk/notices/{no}/file', '/desk/observables', '/desk/observables/{kind}/{value}', '/desk/old/{source}/{number}', '/desk/referrals', '/desk/reports/{reference}', '/desk/reports/{reference}/present',
  '/desk/reports/{reference}/referrals/{no}', '/desk/reports/{reference}/referrals/{no}/summary',
  '/desk/retention', '/desk/rules', '/desk/rules/new', '/desk/rules/{no}', '/desk/shift', '/desk/shift.csv', '/desk/shift.json', '/desk/shift/notes', '/desk/tokens', '/desk/track', '/desk/track/{plan}', '/desk/track/{plan}/dissent', '/desk/track/{plan}/files.zip',
  '/desk/track/{plan}/preview', '/desk/track/{plan}/preview/', '/desk/track/{plan}/preview/{*path}', '/desk/track/{plan}/publish',
  '/desk/track/{plan}/returns/new', '/desk/track/{plan}/returns/{no}', '/desk/track/{plan}/returns/{no}/files/{sha256}',
  '/desk/track/{plan}/scores.csv', '/desk/track/{plan}/seats', '/desk/views', '/desk/constituents', '/desk/constituents/new', '/desk/constituents/conflicts', '/desk/constituents/import', '/desk/constituents/claims', '/desk/constituents/claims/{no}', '/desk/constituents/{no}',
  '/desk/constituents/{no}/contacts/{contact}', '/desk/explorer', '/desk/explorer.csv', '/desk/explorer.json', '/desk/explorer/day/{day}', '/desk/explorer/address/{kind}/{value}', '/desk/explorer/row/{report}/{offset}/{bytes}', '/desk/feeds', '/desk/feeds/quarantine', '/desk/feeds/reports/{no}', '/desk/feeds/sources/new', '/desk/feeds/sources/{no}', '/desk/feeds/upload', '/desk/webhooks', '/desk/webhooks/{id}', '/evidence', '/figures', '/figures.json', '/figures/categories',
  '/figures/definitions', '/figures/national', '/figures/people', '/figures/{file}', '/health/live', '/health/ready',
  '/how-receipts-work', '/log.keys', '/n/{link}', '/notice', '/notice/file', '/own', '/own/new', '/own/sent', '/own/{link}', '/openpgp', '/openpgp.asc', '/.well-known/openpgpkey/hu/{hash}', '/.well-known/openpgpkey/policy',
  '/.well-known/openpgpkey/{domain}/hu/{hash}', '/.well-known/openpgpkey/{domain}/policy', '/.well-known/security.txt', '/privacy', '/problems/{slug}', '/receipt/{file}', '/report', '/report/check',
  '/report/exit', '/report/send', '/report/sent', '/report/{step}', '/s/{link}', '/sign-in', '/sign-in/code', '/sign-in/enrol',
  '/sign-in/oidc/callback', '/sign-in/passkey', '/sign-in/password', '/sign-in/recovery', '/status', '/status/erase', '/status/report', '/tile/{*path}',
  // A plan's own words, which the office wrote, and never a stranger's.
  '/track', '/track/{plan}', '/track/{plan}/', '/track/{plan}/{*path}',
  // What strangers say of it: browser/tests/challenge.test.mjs sends that.
  '/track/{plan}/challenge', '/track/{plan}/challenge/receipt', '/track/{plan}/challenge/sent', '/track/{plan}/challenges',
  '/track/{plan}/challenges/', '/track/{plan}/challenges/{no}', '/track/{plan}/challenges.atom', '/track/{plan}/challenges.json',
  '/track/{plan}/versions', '/track/{plan}/versions/', '/track/{plan}/versions/{no}/{name}', '/track/{plan}/evidence/{sha256}',
];
/** Leads to somebody else's site, which no test may reach. */
const AWAY = '/report/exit';
/** Who may open what. */
const WHO = [[/^\/desk\/(accounts|keys|jobs|retention|tokens|webhooks)/, 'oliver'], [/^\/desk\/(export|challenges|constituents\/import|feeds\/sources)/, 'leilani'], [/^\/desk\/(audit|erased)/, 'ruth'],
  [/^\/desk\/track\/[^/]*\/returns\/new/, 'mere'], [/^\/desk\/track\/[^/]*\/dissent/, 'piri'], [/^\/desk\/track/, 'ngaire'], [/^/, 'hana']];

test('every route takes hostile addresses, queries and headers', async () => {
  assert.deepEqual(getRoutes(), [...ROUTES].sort(), 'the routes are not those that this test knows');
  const plain = ROUTES.filter((path) => !path.includes('{') && path !== AWAY);
  const into = ROUTES.filter((path) => path.includes('{') && path !== '/s/{link}' && path !== '/n/{link}' && path !== '/own/{link}').concat('/{absent}');
  const queries = bundles(['lang', 'to', 'add', 'fault', 'done', 'gone', 'from', 'category', 'x', 'q']);
  const parts = payloads.map(({ text }) => encodeURIComponent(text)).filter((part) => part.length < ADDRESS_CHARS_MAX);
  const query = (path, at) => `${path}?${new URLSearchParams(queries[(at + TURN) % queries.length])}`;
  const whole = (path, part) => path.replace(/\{[^}]+\}/, part);
  // Each query once, each part in its turn, and each route at least once; or all of them on all.
  const some = [
    ...queries.map((_, at) => query(plain[(at + TURN) % plain.length], at)), ...plain.map(query),
    ...parts.filter((_, at) => now(at)).map((part, at) => whole(into[(at + TURN) % into.length], part) ),
  ];
  const all = [...plain.flatMap((path) => queries.map((_, at) => query(path, at))), ...into.flatMap((path) => parts.map((part) => whole(path, part)))];
  const heads = payloads.map(({ text }) => text).filter((text) => /^[ -~]{1,500}$/.test(text));
  const heap = new Map(WHO.map(([, login]) => [login, []]));
  for (const path of FULL ? all : some) heap.get(WHO.find(([own]) => own.test(path))[1]).push(path);
  scriptsReadNoAddress();
  let opened = 0;
  for (const [login, paths] of heap) {
    const who = await officer(login);
    const alike = new Alike(await officerClient(login), cairn.url, ROUTES);
    await lanes(cairn, paths, async (visit, path, at) => {
      const text = heads[(at + TURN) % heads.length];
      const headers = { 'accept-language': text, 'user-agent': text, 'x-forwarded-for': text };
      if (FULL && (await alike.before(path, headers))) return;
      opened += 1;
      await visit.page.setExtraHTTPHeaders(headers);
      await anyVisit(visit, path);
    }, who);
    alike.client.close();
  }
  const asked = [...heap.values()].reduce((sum, paths) => sum + paths.length, 0);
  console.log(`# ${asked} addresses, ${opened} of them opened in the browser`);
});

/** Opens what may be a page, a file or data. */
async function anyVisit(visit, path) {
  const { page, faults } = visit;
  let answer;
  try {
    answer = await page.goto(cairn.url + path);
  } catch (error) {
    if (/ERR_ABORTED|Download is starting/.test(error.message)) return;
    throw error;
  }
  const type = answer.headers()['content-type'] ?? '';
  if (type.startsWith('text/html')) return looksRight(visit);
  assert.equal(answer.headers()['x-content-type-options'], 'nosniff', path);
  faults.none(path);
}
