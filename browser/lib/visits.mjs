// What tests of several people's way through the pages have in common.
import assert from 'node:assert/strict';
import { DESKTOP, NARROW, PHONE, press, shot } from './browser.mjs';
import { accessible, fits } from './checks.mjs';
import { person, signIn } from './people.mjs';

/** Somebody signed in, with a browser of their own. */
export async function at(cairn, login, scripts) {
  const visit = await cairn.open({ scripts });
  await signIn(visit.page, cairn.url, person(cairn.lines, login));
  return visit;
}

/** Looks at the page as it is at each width, and leaves it as wide as it was. */
export async function look(page, name) {
  const before = page.viewportSize();
  for (const viewport of [NARROW, PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await fits(page);
    if (viewport !== PHONE) await accessible(page);
    await shot(page, `${name}-${viewport.width}`);
  }
  await page.setViewportSize(before);
}

/** Looks at each of these pages in both languages and once in dark colours, with everything that opens on demand open. */
export async function visitAll(cairn, page, paths, name) {
  for (const path of paths) {
    for (const lang of ['mi', 'en']) {
      const address = new URL(path, cairn.url);
      address.searchParams.set('lang', lang);
      const answer = await page.goto(address.href);
      assert.equal(answer.status(), 200, path);
      assert.equal(await page.locator('html').getAttribute('lang'), lang, path);
      await page.evaluate(() => document.querySelectorAll('main details').forEach((one) => { one.open = true; }));
      await look(page, `${name}${path.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 40)}-${lang}`);
      if (lang === 'en') {
        await page.emulateMedia({ colorScheme: 'dark' });
        await accessible(page);
        await page.emulateMedia({ colorScheme: 'light' });
      }
    }
  }
}

/** What the page says, in one line. */
export const text = async (page) => (await page.innerText('main')).replace(/\s+/g, ' ');

/** Presses the last button of the form that holds an element. */
export const send = (page, inside) => press(page, page.locator(`main form:has(${inside}) button`).last());

/** Presses a link that gives a file: its suggested name, and its bytes as text. */
export async function download(page, link) {
  const waits = page.waitForEvent('download');
  await link.click();
  const given = await waits;
  const parts = [];
  for await (const part of await given.createReadStream()) parts.push(part);
  return { name: given.suggestedFilename(), text: Buffer.concat(parts).toString() };
}
