// Which pages there are, read from the router's own source, so that a new one cannot be forgotten.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../crates/web/src', import.meta.url));
/** Not the public router's: metrics have a listener of their own, as has the preview, which is one fallback. */
const APART = ['/metrics'];

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.rs') ? [readFileSync(path, 'utf8')] : [];
  });
}

/** Paths of all routes that GET answers, as the router has them: `/report/{step}`. */
export function getRoutes() {
  const paths = new Set();
  let handlers = 0;
  let found = 0;
  for (const text of sources(SOURCE)) {
    const constants = Object.fromEntries([...text.matchAll(/const ([A-Z_]+): &str = "([^"]+)"/g)].map((match) => match.slice(1)));
    const path = (said) => (said.startsWith('"') ? said.slice(1, -1) : constants[said]);
    const routed = [
      ...text.matchAll(/\.route\(\s*("[^"]+"|[A-Z_]+),\s*(?:axum::routing::)?get\(/g),
      ...text.matchAll(/\bat\(\s*g(?:\.clone\(\))?,\s*("[^"]+"|[A-Z_]+),/g),
      ...text.matchAll(/\(\s*("[^"]+"),\s*Method::GET,/g),
      ...text.matchAll(/\(\s*Method::GET,\s*("[^"]+"),\s*get\(/g),
    ];
    for (const [, said] of routed) {
      if (!path(said)) throw new Error(`the path ${said} is not understood`);
      paths.add(path(said));
    }
    found += routed.length;
    handlers += [...text.matchAll(/(?<![.:\w]|fn |fallback\()get\(|routing::get\(/g)].length;
  }
  // A route written in another way would be missed: every handler of GET must belong to a path that was found.
  if (handlers !== found) throw new Error(`${handlers} handlers of GET, but ${found} paths were found`);
  for (const path of APART) paths.delete(path);
  return [...paths].sort();
}
