// Runs the tests of this folder: all of tests/, or the files named as arguments (tests/ may be left out).
// What it reads from the environment is in README.md.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The full run of hostile texts takes an hour by itself (README.md). */
const FILE_MAX_MS = (process.env.CAIRN_HOSTILE === 'full' ? 120 : 10) * 60_000;
/** Files at a time: each starts its own browser and its own cairn on ports of their own, and waits for one of them most of the time. */
const FILES_AT_ONCE = Math.min(2, availableParallelism());
/** The longest begin first, so that none of them is left over at the end. */
const LONGEST = ['hostile', 'two-hundred', 'officer-pages'].map((name) => `${name}.test.mjs`);
const rank = (name) => (LONGEST.indexOf(name) + LONGEST.length + 1) % (LONGEST.length + 1);
const folder = join(fileURLToPath(new URL('.', import.meta.url)), 'tests');
const all = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs'))
  .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
const wanted = process.argv.slice(2).map((name) => basename(name).replace(/(\.test\.mjs)?$/, '.test.mjs'));
const unknown = wanted.filter((name) => !existsSync(join(folder, name)));
if (unknown.length > 0) {
  console.error(`no such tests: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  process.exit(2);
}
const files = (wanted.length > 0 ? wanted : all).map((name) => join(folder, name));
const reporter = process.stdout.isTTY ? 'spec' : 'tap';
const child = spawn(
  process.execPath,
  ['--test', `--test-concurrency=${FILES_AT_ONCE}`, `--test-reporter=${reporter}`, ...files],
  { stdio: 'inherit' },
);
// A browser that hangs must not hold up the run for ever.
setTimeout(() => child.kill(), files.length * FILE_MAX_MS).unref();
child.on('exit', (code) => process.exit(code ?? 1));
