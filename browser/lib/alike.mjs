// Answers that are the same but for their address: of many hostile addresses one is opened in the browser for each text.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

/** Pages may be taken for one another only as long as their scripts do not read where they are. */
export function scriptsReadNoAddress() {
  const assets = new URL('../../crates/web/assets/', import.meta.url);
  for (const name of readdirSync(assets).filter((name) => name.endsWith('.js'))) {
    const script = readFileSync(new URL(name, assets), 'utf8');
    assert.doesNotMatch(script, /location\.(href|search|hash|pathname)|document\.(URL|documentURI|baseURI|referrer)/, name);
  }
}

/** Answers that are the same but for the address of their route: of those, one is opened for each text. Most hostile addresses lead to the
 * one page that says that there is none, whatever the route. */
export class Alike {
  /** A client that may open them, where the service is, and all its routes. */
  constructor(client, base, routes) {
    this.client = client;
    this.base = base;
    this.known = new Set();
    this.words = new Set(routes.flatMap((route) => route.split('/')));
  }

  /** Whether the like was there before. Asks for every one, and throws at an error of the server or a type that browsers may guess. */
  async before(path, headers) {
    const { status, headers: answered, text } = await this.client.get(path, headers);
    assert.ok(status < 500, `${status}: ${path}`);
    assert.equal(answered['x-content-type-options'], 'nosniff', path);
    const written = path.replaceAll('&', '&amp;');
    const { date, 'content-length': length, location = '', ...rest } = answered;
    const [where, ...query] = path.split('?');
    // The strangers' text stays part of it; a browser may write an address otherwise than it was given.
    const texts = new URL(this.base + where).pathname === where ? where.split('/').filter((word) => !this.words.has(word)) : where;
    const like = JSON.stringify([status, rest, location.replaceAll(path, '@'), text.replaceAll(written, '@'), texts, query]);
    const before = this.known.has(like);
    this.known.add(like);
    return before;
  }
}
