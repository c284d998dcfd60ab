// Starts the real program with its example data, and ends it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_MAX_MS = 120_000;
const STOP_MAX_MS = 30_000;

/**
 * Starts `cairn demo` on a free port with its own temporary data.
 * @param {string[]} [args] more arguments for it
 * @param {Record<string, string>} [env] more environment for it
 * @param {boolean} [machines] with the example machine reports: most tests bring their own
 * @returns {Promise<{url: string, data: string, lines: string[], stop: () => Promise<void>}>}
 *   `lines`: what it printed until it was ready (the example sign-ins among them) and since
 */
export async function startCairn(args = [], env = {}, machines = false) {
  const program = process.env.CAIRN_BIN;
  if (!program) throw new Error('CAIRN_BIN must name the program under test; use cargo xtask browser');
  const data = mkdtempSync(join(tmpdir(), 'cairn-browser-'));
  const child = spawn(program, ['demo', '--data', join(data, 'data'), '--listen', '127.0.0.1:0', '--set', 'service.undo_seconds=0', ...(machines ? [] : ['--no-machine-reports']), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = [];
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const stop = async () => {
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MAX_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(late);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    return { url: await address(child, ended, lines), data, lines, stop };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${lines.join('\n')}`);
  }
}

/** The address in the line `listening on http://…`. */
function address(child, ended, lines) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('cairn demo printed no address in time')), START_MAX_MS);
    const settle = (done, value) => {
      clearTimeout(late);
      done(value);
    };
    ended.then((code) => settle(reject, new Error(`cairn demo ended with ${code}`)));
    child.on('error', (error) => settle(reject, error));
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        const parts = (rest + text).split('\n');
        rest = parts.pop();
        for (const line of parts) {
          lines.push(line);
          const found = /listening on (https?:\/\/[\w.:[\]-]+)/.exec(line);
          if (found) settle(resolve, found[1]);
        }
      });
    }
  });
}
