// Debian's Chromium, pages of a given kind, and what happens on them that should not.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export const PHONE = { width: 360, height: 740 };
export const NARROW = { width: 320, height: 640 };
export const DESKTOP = { width: 1280, height: 900 };

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-domain-reliability',
  // Pages of one program in a few processes: starting one for each costs more than the page.
  '--renderer-process-limit=2',
];

/** Starts the browser; `CAIRN_CHROMIUM` may name another than Debian's. */
export function launch() {
  const executablePath = process.env.CAIRN_CHROMIUM || '/usr/bin/chromium';
  return chromium.launch({ executablePath, headless: true, args: ARGS });
}

/**
 * Opens a page in a context (cookies and all) of its own, watched from its first byte.
 * @param {import('playwright-core').Browser} browser
 * @param {object} [options]
 * @param {boolean} [options.scripts] whether the page's scripts run (default: yes)
 * @param {{width: number, height: number}} [options.viewport] default: DESKTOP
 * @param {string} [options.lang] what the browser prefers, such as `mi`
 * @param {'light'|'dark'} [options.colours]
 * @param {string[]} [options.origins] origins that requests may go to beside those of pages visited with `goto`
 * @returns {Promise<{page: import('playwright-core').Page, faults: Faults, close: () => Promise<void>}>}
 */
export async function open(browser, options = {}) {
  const { scripts = true, viewport = DESKTOP, lang = 'en', colours = 'light', origins = [] } = options;
  const context = await browser.newContext({
    javaScriptEnabled: scripts,
    viewport,
    locale: lang,
    colorScheme: colours,
    hasTouch: viewport.width < 600,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  page.scripts = scripts;
  const faults = new Faults(origins);
  await faults.watch(page);
  return { page, faults, close: () => context.close() };
}

/** Everything that must not happen on a page: dialogs, policy violations, requests to strangers, errors. */
export class Faults {
  /** @param {string[]} origins origins that requests may go to */
  constructor(origins) {
    this.origins = new Set(origins.map((origin) => new URL(origin).origin));
    this.found = [];
  }

  async watch(page) {
    page.on('dialog', (dialog) => {
      this.add('dialog', `${dialog.type()}: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    page.on('pageerror', (error) => this.add('script', error.message));
    page.on('popup', (popup) => this.add('popup', popup.url()));
    page.on('request', (request) => this.request(request.url()));
    page.on('response', (response) => {
      if (response.status() >= 500) this.add('server', `${response.status()} ${response.url()}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error' && /content security policy|trusted type/i.test(message.text())) {
        this.add('policy', message.text());
      }
    });
    // The console tells of some violations only; the audits tell of all, with scripts off too.
    const session = await page.context().newCDPSession(page);
    session.on('Audits.issueAdded', ({ issue }) => {
      const details = issue.details.contentSecurityPolicyIssueDetails;
      if (details) this.add('policy', `${details.violatedDirective}: ${details.blockedURL ?? 'inline'}`);
    });
    await session.send('Audits.enable');
  }

  request(address) {
    const url = new URL(address);
    const local = ['data:', 'blob:', 'about:'].includes(url.protocol);
    if (!local && !this.origins.has(url.origin)) this.add('foreign request', address);
  }

  add(kind, text) {
    this.found.push(`${kind}: ${text}`);
  }

  /** Throws when there was any, and forgets them. */
  none(where = '') {
    const found = this.found.splice(0);
    if (found.length > 0) throw new Error(`${where} ${found.join('; ')}`.trim());
  }
}

/**
 * Presses what leads to another page, and waits until all of that is there: a click alone waits only until it begins to come, and who then
 * looks may still see the page before, or neither.
 */
export async function press(page, what) {
  const loaded = page.waitForEvent('load');
  await Promise.all([loaded, typeof what === 'string' ? page.click(what) : what.click()]);
}

/** Keeps a picture of the whole page where `CAIRN_SHOTS` names a folder. */
export async function shot(page, name) {
  const folder = process.env.CAIRN_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/**
 * What a first visit costs: loads a page in a fresh context and counts.
 * @returns {Promise<{requests: number, bytes: number}>} bytes as they came over the wire, with headers
 */
export async function weight(browser, url, options = {}) {
  const { page, close } = await open(browser, { scripts: false, ...options, origins: [url] });
  const session = await page.context().newCDPSession(page);
  const total = { requests: 0, bytes: 0 };
  session.on('Network.requestWillBeSent', ({ request }) => {
    if (!request.url.startsWith('data:')) total.requests += 1;
  });
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (total.bytes += encodedDataLength));
  await session.send('Network.enable');
  await page.goto(url, { waitUntil: 'networkidle' });
  await close();
  return total;
}
