// Every officer page that there is, in both languages, light and dark: no rule of accessibility is broken. The pages are found by
// following links from the desk, and none of the router's may be missing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP } from '../lib/browser.mjs';
import { accessible } from '../lib/checks.mjs';
import { lanes, shared } from '../lib/lanes.mjs';
import { person, signIn } from '../lib/people.mjs';
import { getRoutes } from '../lib/routes.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
/** Who sees which: a page is looked at by the first of them who gets there. */
const PEOPLE = ['hana', 'leilani', 'oliver', 'ruth', 'ngaire', 'mere', 'piri'];
/** Files, and pages that only lead on. */
const NO_PAGES = [
  /\.(csv|json|zip|atom)$/, /\/files\//, /\/present$/, /^\/desk\/next$/, /^\/desk\/clusters\/next$/, /^\/desk\/old\//,
  // The pages of a site, which the strategy's own test looks at.
  /\/preview(\/|$)/,
  // A notice takes a rule that two people switched on, and an owner: the notices' own test looks at it.
  /^\/desk\/notices\/\{no\}/,
  // A claim takes a mailbox that was proved: the claims' own test looks at it.
  /^\/desk\/constituents\/claims\/\{no\}$/,
];
const PAGES_MAX = 400;
/** Addresses of one route that one person's links are followed from. */
const EACH_MAX = 4;

const routes = getRoutes().filter((path) => path.startsWith('/desk') && !NO_PAGES.some((no) => no.test(path)));
/** Those without a place to fill in come first: `/desk/cases/new` is no case. */
const patterns = [...routes]
  .sort((a, b) => a.split('{').length - b.split('{').length)
  .map((path) => [path, new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`)]);
const route = (path) => patterns.find(([, own]) => own.test(path))?.[0];

/** Addresses of pages, one or two of each route, found from what this person's desk links to. */
async function found(request, known) {
  // Nothing in the example leads to some: they are led to once there is something in them.
  const waiting = ['/desk', '/desk?state=all', '/desk/views', '/desk/shift/notes'];
  const seen = new Set(waiting);
  const pages = [];
  for (let asked = 0; waiting.length > 0 && asked < PAGES_MAX; asked += 1) {
    const address = waiting.shift();
    const answer = await request.get(cairn.url + address);
    if (!answer.ok() || !(answer.headers()['content-type'] ?? '').startsWith('text/html')) continue;
    const here = route(new URL(answer.url()).pathname);
    if (here && !known.has(here)) {
      known.set(here, address);
      pages.push(address);
    }
    for (const [, href] of (await answer.text()).matchAll(/href="(\/desk[^"#]*)/g)) {
      const to = href.replaceAll('&amp;', '&');
      const of = route(to.split('?')[0]);
      if (!of || seen.has(to) || [...seen].filter((one) => route(one.split('?')[0]) === of).length >= EACH_MAX) continue;
      seen.add(to);
      waiting.push(to);
    }
  }
  return pages;
}

/** A source of machine reports, a report that came from it, and what was seen. */
async function machines(page) {
  const press = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  await page.goto(`${cairn.url}/desk/feeds/sources/new?kind=upload`);
  await page.fill('#code', 'events');
  await page.fill('#name', 'Example events');
  await page.selectOption('#format', 'idf');
  await press('main form[action$="/sources"] button');
  const event = {
    __type: 'Event', 'classification.type': 'scanner', 'source.ip': '192.0.2.7', 'feed.name': 'events',
    'time.source': new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z/, '+00:00'),
  };
  await page.goto(`${cairn.url}/desk/feeds/upload`);
  await page.setInputFiles('#file', { name: 'events.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(`${JSON.stringify(event)}\n`) });
  await press('main form button');
  for (let tries = 0; tries < 60 && !/Observations 1/.test((await page.innerText('main')).replace(/\s+/g, ' ')); tries += 1) {
    await new Promise((done) => setTimeout(done, 500));
    await page.reload();
  }
}

test('every officer page, both languages, light and dark', async () => {
  const known = new Map();
  // What nothing in the example leads to is made first.
  const signed = new Map();
  for (const login of PEOPLE) {
    const visit = await cairn.open({ viewport: DESKTOP });
    await signIn(visit.page, cairn.url, person(cairn.lines, login));
    if (login === 'hana') {
      await visit.page.goto(`${cairn.url}/desk?q=state%3Aopen`);
      await visit.page.locator('[data-row] input[name=report]').first().check();
      await visit.page.locator('.bulk button').first().click();
      await visit.page.selectOption('#severity', '5');
      await visit.page.locator('form[action="/desk/bulk/do"] button').click();
    }
    if (login === 'leilani') await machines(visit.page);
    if (login === 'oliver') {
      await visit.page.goto(`${cairn.url}/desk/webhooks`);
      await visit.page.fill('#url', 'http://127.0.0.1:9/nobody');
      await visit.page.locator('input[name=event]').first().check({ force: true });
      await visit.page.locator('main form[action="/desk/webhooks"] button').click();
      await visit.page.locator('main a[href^="/desk/webhooks/"]').click();
      await visit.page.locator('main form[action$="/test"] button').click();
    }
    const pages = await found(visit.page.request, known);
    signed.set(login, { pages, cookies: await shared(visit) });
    visit.faults.none();
    await visit.close();
  }
  assert.deepEqual(routes.filter((path) => !known.has(path)), [], 'nobody got to these');
  for (const [, { pages, cookies }] of signed) {
    for (const colours of ['light', 'dark']) {
      const all = pages.flatMap((path) => ['en', 'mi'].map((lang) => [path, lang]));
      await lanes(cairn, all, async ({ page, faults }, [path, lang]) => {
        const address = new URL(path, cairn.url);
        address.searchParams.set('lang', lang);
        const answer = await page.goto(address.href);
        assert.equal(answer.status(), 200, path);
        if ((answer.headers()['content-security-policy'] ?? '').includes('sandbox')) {
          // No script runs on it, the checker's neither: the same page is looked at out of its box.
          const html = await answer.text();
          await page.goto('about:blank');
          await page.setContent(html);
        }
        await page.evaluate(() => document.querySelectorAll('main details').forEach((one) => { one.open = true; }));
        await accessible(page);
        faults.none(path);
      }, { colours, cookies, viewport: DESKTOP });
    }
  }
  console.log(`# officer pages: ${known.size} routes, each in two languages, light and dark`);
});
