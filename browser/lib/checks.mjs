// What every page must meet: accessibility rules, no sideways scrolling, use by keyboard alone.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const AXE_MAX_MS = 30_000;

/**
 * Runs axe-core, with its rules for WCAG 2.2 AA and good practice.
 * @returns {Promise<string[]>} one sentence for each violation; empty when all is well
 */
export async function violations(page) {
  if (page.scripts !== false) return axe(page);
  // axe-core is a script itself and needs timers: it looks at a copy of the page as it stands, in a window that
  // runs scripts, from which the page's own are taken out.
  const copy = await copied(page);
  try {
    return await axe(copy);
  } finally {
    await copy.context().close();
  }
}

async function axe(page) {
  // A click waits until the next page begins to come, and axe-core needs all of it.
  await page.waitForLoadState('load');
  await page.evaluate(`${AXE};0`);
  const run = page.evaluate(
    (tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }),
    TAGS,
  );
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${page.url()}: axe-core did not end in time`)), AXE_MAX_MS);
  });
  const results = await Promise.race([run, late]).finally(() => clearTimeout(timer));
  return results.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${rule.help}: ${node.target.join(' ')} ${node.html}`),
  );
}

/** The page as it stands, without its scripts and with what it shows in their place, in a new context. */
async function copied(page) {
  const html = await page.evaluate(() => {
    const whole = document.documentElement.cloneNode(true);
    for (const script of whole.querySelectorAll('script')) script.remove();
    for (const instead of whole.querySelectorAll('noscript')) instead.replaceWith(...instead.childNodes);
    return `<!doctype html>${whole.outerHTML}`;
  });
  const url = page.url();
  const context = await page.context().browser().newContext({
    viewport: page.viewportSize(),
    bypassCSP: true,
    reducedMotion: 'reduce',
    storageState: await page.context().storageState(),
  });
  const copy = await context.newPage();
  await copy.route('**/*', (route) => {
    const main = route.request().isNavigationRequest() && route.request().frame() === copy.mainFrame();
    return main ? route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }) : route.continue();
  });
  await copy.goto(url, { waitUntil: 'load' });
  return copy;
}

/** Throws when axe-core finds anything. */
export async function accessible(page) {
  const found = await violations(page);
  if (found.length > 0) throw new Error(`${page.url()}: ${found.join('\n')}`);
}

/** Throws when the page is wider than its window, and names what sticks out. */
export async function fits(page) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => `${element.tagName.toLowerCase()}#${element.id}.${element.className}`);
  });
  if (wide.length > 0) throw new Error(`${page.url()} scrolls sideways: ${wide.slice(0, 5).join(', ')}`);
}

/**
 * What has the focus.
 * @returns {Promise<{tag: string, id: string, name: string, text: string, visible: boolean}|null>} `visible`: whether
 *   one sees that it has (an outline, a shadow, or a border or ground that differs from its unfocused look)
 */
export function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return null;
    const look = () => {
      const style = getComputedStyle(element);
      return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.backgroundColor, style.borderColor];
    };
    const with_focus = look();
    const outlined = with_focus[0] !== 'none' && parseFloat(with_focus[1]) > 0;
    return {
      tag: element.tagName.toLowerCase(),
      id: element.id,
      name: element.getAttribute('name') ?? '',
      text: (element.innerText ?? element.value ?? '').trim().slice(0, 80),
      visible: outlined || with_focus[2] !== 'none',
    };
  });
}

/**
 * Presses Tab until the wanted element has the focus; throws when it never gets it.
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 */
export async function tabTo(page, selector, max = 200) {
  for (let press = 0; press < max; press += 1) {
    await page.keyboard.press('Tab');
    const there = await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
    if (there) return;
  }
  throw new Error(`${page.url()}: Tab never reaches ${selector}`);
}

/**
 * Walks through the page with Tab, from its start until the focus leaves it.
 * @returns {Promise<Array<{tag: string, id: string, name: string, text: string, visible: boolean}>>} each stop, in order
 */
export async function walk(page, max = 500) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    window.getSelection()?.removeAllRanges();
    window.scrollTo(0, 0);
  });
  const stops = [];
  for (let press = 0; press < max; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await focused(page);
    if (!stop) return stops;
    const again = await page.evaluate(() => {
      const seen = document.activeElement.hasAttribute('data-walked');
      document.activeElement.setAttribute('data-walked', '');
      return seen;
    });
    // A headless browser has no bar of its own to go to: the focus comes round to the first stop.
    if (again) return stops;
    stops.push(stop);
  }
  throw new Error(`${page.url()}: Tab does not leave the page after ${max} presses`);
}

/** Throws when Tab stops at something without showing it, or stops nowhere. */
export async function keyboardVisible(page) {
  const stops = await walk(page);
  const hidden = stops.filter((stop) => !stop.visible).map((stop) => `${stop.tag}#${stop.id} ${stop.text}`);
  if (stops.length === 0) throw new Error(`${page.url()}: Tab stops nowhere`);
  if (hidden.length > 0) throw new Error(`${page.url()}: the focus is not seen on ${hidden.join(', ')}`);
}
