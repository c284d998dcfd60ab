// Signing in as the people of the example, whose keys `cairn demo` prints.
import { createHmac } from 'node:crypto';

const STEP_SECONDS = 30;
const ENDS_MS = 8_000;

/** Login, password and authenticator key of somebody of the example. */
export function person(lines, login) {
  const text = lines.join('\n');
  const password = /password of all: (\S+)/.exec(text)?.[1];
  const key = new RegExp(`^\\s*${login}\\s.*authenticator key ([a-z2-7 -]+)\\)`, 'im').exec(text)?.[1];
  if (!password || !key) throw new Error(`cairn demo printed no sign-in for ${login}`);
  return { login, password, key };
}

/** The step of the last code by each key: a code serves once, and none before it serves after it. */
const used = new Map();
const stepOf = (now) => Math.floor(now / 1000 / STEP_SECONDS);

/** The code of a moment (RFC 6238: SHA-1, six digits, 30 seconds). */
export function code(key, now = Date.now()) {
  const bits = [...key.toUpperCase().replace(/[^A-Z2-7]/g, '')]
    .map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  used.set(key, Math.max(stepOf(now), used.get(key) ?? 0));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(stepOf(now)));
  const mac = createHmac('sha1', seed).update(step).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** A code that did not serve yet. The steps beside the present one are right as well, so that only the fourth in a row waits. */
export async function freshCode(key) {
  for (;;) {
    const now = Date.now();
    // One of the step before is soon too old.
    const ends = STEP_SECONDS * 1000 - (now % (STEP_SECONDS * 1000)) < ENDS_MS;
    const step = Math.max(stepOf(now) - (ends ? 0 : 1), (used.get(key) ?? 0) + 1);
    if (step <= stepOf(now) + 1) return code(key, step * STEP_SECONDS * 1000);
    await new Promise((done) => setTimeout(done, STEP_SECONDS * 1000 - (now % (STEP_SECONDS * 1000)) + 500));
  }
}

/** Signs in. */
export async function signIn(page, url, who) {
  await page.goto(`${url}/sign-in`);
  await page.fill('#login', who.login);
  await page.fill('#password', who.password);
  await page.click('main form button[type=submit], main form button:not([type])');
  for (let tries = 0; ; tries += 1) {
    await page.fill('#code', await freshCode(who.key));
    await page.click('main form button[type=submit], main form button:not([type])');
    if (!new URL(page.url()).pathname.startsWith('/sign-in')) return;
    if (tries === 2) throw new Error(`the code was refused: ${await page.innerText('main')}`);
  }
}
