// A shift: two hundred reports of one day in both languages (eight campaigns, noise, some sent twice, three with serious harm), worked
// by one officer, by keys alone, until nothing is left that nobody has handled. Prints what it took.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { at } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const SEED = Number(process.env.CAIRN_SHIFT_SEED ?? 1);
const COUNT = Number(process.env.CAIRN_SHIFT_REPORTS ?? 200);
/** What an officer reads by itself before anything is decided for all: 1 is the worst severity, and the form makes locked files of a
 * clinic no worse than those of a person. */
const SEVERE_MAX = 4;
const ALONE = /Ransomware/;
const CLUSTERED_MAX_MS = 240_000;
/** What was decided is done after half a minute. */
const HANDLED_MAX_MS = 240_000;
/** Words that an officer keeps ready. */
const WORDS = {
  en: 'Thank you for telling us. Many people reported the same. Do not pay or click; tell your bank at once if you did.',
  mi: 'Ngā mihi mō tō pūrongo. He maha ngā tāngata i pūrongo i tēnei. Kaua e utu, kaua e pāwhiri; kōrero ki tō pēke.',
};

const cairn = world();
const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** The day's reports with what belongs together. */
function day() {
  const program = process.env.CAIRN_BENCH;
  if (!program) throw new Error('CAIRN_BENCH must name cairn-bench; use cargo xtask browser');
  const out = execFileSync(program, ['campaigns', '--seed', String(SEED), '--count', String(COUNT)], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return out.trim().split('\n').map((line) => JSON.parse(line));
}

/** Sends them as partners' programs do; gives reference to what is known of each. */
async function arrive(all) {
  const known = new Map();
  for (const [no, one] of all.entries()) {
    const answer = await fetch(`${cairn.url}/api/v1/reports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `"shift-${SEED}-${no}"` },
      body: JSON.stringify(one.report),
    });
    assert.equal(answer.status, 201, await answer.clone().text());
    known.set((await answer.json()).reference, one);
  }
  return known;
}

/** Address and name of the first link of each row of a page, asked for beside the one that is shown. */
async function rows(page, path) {
  const html = await (await page.request.get(cairn.url + path)).text();
  return html.split(' data-row').slice(1).map((row) => /<a href="([^"]+)">([^<]+)<\/a>/.exec(row).slice(1, 3));
}

/** Clusters by number, as lists of references, once all reports have one. */
async function clusters(page, known) {
  const until = Date.now() + CLUSTERED_MAX_MS;
  for (;;) {
    const numbers = [];
    for (let at = 0; ; at += 1) {
      const list = await rows(page, `/desk/clusters?show=all&page=${at}`);
      numbers.push(...list.map(([href]) => href));
      if (list.length === 0) break;
    }
    const found = [];
    for (const path of numbers) found.push([path, (await rows(page, path)).map(([, reference]) => reference)]);
    const ours = found.map(([path, all]) => [path, all.filter((reference) => known.has(reference))]).filter(([, all]) => all.length > 0);
    const placed = ours.reduce((sum, [, all]) => sum + all.length, 0);
    if (placed === known.size) return new Map(ours);
    assert.ok(Date.now() < until, `${placed} of ${known.size} have a cluster`);
    await sleep(1_000);
  }
}

/** Of all pairs: how many that are together belong together, and how many that belong together are. */
function pairs(found, known) {
  const cluster = new Map([...found].flatMap(([path, all]) => all.map((reference) => [reference, path])));
  const all = [...known.keys()];
  const counts = { right: 0, wrong: 0, missed: 0 };
  for (const [at, one] of all.entries()) {
    for (const other of all.slice(at + 1)) {
      const same = known.get(one).label === known.get(other).label;
      const together = cluster.get(one) === cluster.get(other);
      if (same && together) counts.right += 1;
      else if (together) counts.wrong += 1;
      else if (same) counts.missed += 1;
    }
  }
  const { right, wrong, missed } = counts;
  return { precision: right / (right + wrong), recall: right / (right + missed) };
}

/** An officer's hands: keys only, counted, with the server's time for each page that they lead to. */
class Hands {
  constructor(page) {
    this.page = page;
    this.keys = 0;
    this.times = new Map();
  }

  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      this.keys += 1;
    }
  }

  /** Words that are kept ready elsewhere: pasted, one key. */
  async paste(text) {
    await this.page.keyboard.insertText(text);
    this.keys += 1;
  }

  async type(text) {
    await this.page.keyboard.type(text);
    this.keys += [...text].length;
  }

  /** A key that leads to another page. */
  async go(step, ...keys) {
    await Promise.all([this.page.waitForNavigation({ waitUntil: 'domcontentloaded' }), this.press(...keys)]);
    const ms = await this.page.evaluate(() => {
      const [it] = performance.getEntriesByType('navigation');
      return it.responseStart - it.requestStart;
    });
    const times = this.times.get(step) ?? [];
    times.push(ms);
    this.times.set(step, times);
  }
}

const percentile = (all, percent) => [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor((all.length * percent) / 100))];

/** Where an officer is, and what is to be seen there. */
async function seen(page) {
  return page.evaluate(() => ({
    path: location.pathname,
    rows: [...document.querySelectorAll('[data-row]')].map((row) => ({
      reference: row.querySelector('th a')?.textContent,
      text: row.textContent,
      severity: Number(/(?:^|\s|>)([1-6]) \p{L}/u.exec([...row.querySelectorAll('.tag')].map((tag) => tag.textContent).join(' '))?.[1] ?? 6),
    })),
    languages: [...document.querySelectorAll('textarea[name^=reply-]')].map((area) => area.name.slice(-2)),
    decides: Boolean(document.querySelector('form[action$="/decide"]')),
  }));
}

/** One that may be badly harmed: taken, a case opened for it. */
async function serious(hands, row) {
  await hands.press(...Array(row + 1).fill('j'));
  await hands.go('report', 'o');
  await hands.go('take', 'a');
  await hands.press('e');
  await hands.type('Harm');
  await hands.go('open a case', 'Control+Enter');
}

test('two hundred reports by keys alone', async () => {
  const known = await arrive(day());
  const { page, faults, close } = await at(cairn, 'hana', true);
  const started = Date.now();
  const found = await clusters(page, known);
  const { precision, recall } = pairs(found, known);
  await page.goto(`${cairn.url}/desk`);
  const hands = new Hands(page);
  await page.evaluate(() => document.addEventListener('click', (e) => { if (e.detail > 0) throw new Error('a mouse'); }));
  let decided = 0;
  let alone = 0;
  const taken = new Set();
  for (;;) {
    await hands.go('next cluster', 'g', 'm');
    let now = await seen(page);
    const ours = now.rows.some((row) => known.has(row.reference));
    if (!now.decides || !ours) break;
    const here = now.path;
    const bad = now.rows.map((row, at) => [row, at]).filter(([row]) => known.has(row.reference) && (row.severity <= SEVERE_MAX || ALONE.test(row.text)) && !taken.has(row.reference));
    for (const [row] of bad) {
      now = await seen(page);
      await serious(hands, now.rows.findIndex((one) => one.reference === row.reference));
      taken.add(row.reference);
      alone += 1;
      await page.goBack();
      await page.goto(cairn.url + here);
    }
    if (now.rows.length > 1) {
      await hands.press('r');
      await hands.paste(WORDS.en);
      await hands.press('Tab');
      await hands.paste(WORDS.mi);
      await hands.press('Escape');
    }
    await hands.press('d');
    if (bad.length === now.rows.length) {
      // Whom a case helps is not closed: the reporter reads that somebody is on it.
      await hands.press('Escape', 'r');
      await hands.paste(WORDS.en);
    } else {
      await hands.press('ArrowDown');
    }
    await hands.go('decide', 'Control+Enter');
    decided += 1;
    assert.ok(decided <= found.size + 5, `${decided} decisions for ${found.size} clusters`);
  }
  const worked = Date.now() - started;

  // Nothing is left that nobody handled.
  const until = Date.now() + HANDLED_MAX_MS;
  let left;
  do {
    await sleep(2_000);
    left = (await rows(page, '/desk?q=state%3Areceived')).map(([, reference]) => reference);
    left = left.filter((reference) => known.has(reference));
  } while (left.length > 0 && Date.now() < until);
  const times = [...hands.times].map(([step, all]) => `${step} ${all.length} × p50 ${percentile(all, 50).toFixed(0)} p95 ${percentile(all, 95).toFixed(0)} ms`);
  console.log(`# shift: seed ${SEED}, ${known.size} reports, ${found.size} clusters, precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}; `
    + `${decided} decisions, ${alone} cases, ${hands.keys} keys, 0 clicks, ${(worked / 1000).toFixed(0)} s; server: ${times.join('; ')}`);
  assert.deepEqual(left, [], 'not handled');
  assert.ok(precision >= 0.99, `precision ${precision}`);
  assert.ok(recall >= 0.9, `recall ${recall}`);
  const harmed = [...known].filter(([, one]) => one.serious).map(([reference]) => reference);
  for (const reference of harmed) assert.ok(taken.has(reference), `${reference} was taken for a case: ${known.get(reference).report.answers.story}`);
  faults.none();
  await close();
});
