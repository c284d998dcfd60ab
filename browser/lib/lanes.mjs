// Many pages, a few at a time, each lane in a context of its own; all that went wrong is told at the end.
import { NARROW } from './browser.mjs';
import { each } from './http.mjs';

/** Pages at a time: what two cores can carry beside the program. */
export const LANES = 2;
const TOLD_MAX = 12;

/**
 * Does `work(visit, item, at, lane)` for each item.
 * @param {object} cairn the world
 * @param {object[]} items
 * @param {(visit: {page: object, faults: object}, item: object, at: number, lane: number) => Promise<void>} work
 * @param {object} [options] of `open`, and `cookies` for each context
 */
export async function lanes(cairn, items, work, { cookies = [], ...options } = {}) {
  const wrong = [];
  const visits = [];
  let next = 0;
  await each(Array.from({ length: LANES }), LANES, async (_, lane) => {
    const visit = await cairn.open({ viewport: NARROW, ...options });
    visits.push(visit);
    await visit.page.context().addCookies(cookies);
    while (next < items.length) {
      const at = next;
      next += 1;
      try {
        await work(visit, items[at], at, lane);
      } catch (error) {
        wrong.push(`${new URL(visit.page.url()).pathname.replace(/^\/s\/.*/, '/s/…')}: ${error.message}`);
        visit.faults.found.length = 0;
      }
    }
  });
  for (const visit of visits) await visit.close();
  // The same fault on many pages is told once.
  const kinds = new Map(wrong.map((words) => [words.replace(/\d+/g, '#').slice(0, 100), words]));
  const told = [...kinds.values()].slice(0, TOLD_MAX).join('\n');
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${items.length}:\n${told}`);
}

/** A client's cookies, for a browser's context. */
export const cookiesOf = (client) =>
  [...client.cookies].map(([name, value]) => ({ name, value, url: client.url.origin, httpOnly: true }));

/** Cookies of a context, for others. */
export const shared = async (visit) => (await visit.page.context().cookies()).map(({ ...cookie }) => cookie);
