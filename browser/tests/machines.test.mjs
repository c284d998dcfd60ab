// What the demonstration shows of machine reports: nothing of it is empty.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open } from '../lib/browser.mjs';
import { startCairn } from '../lib/cairn.mjs';
import { at, look, text } from '../lib/visits.mjs';

let program;
const cairn = {};
before(async () => {
  program = await startCairn([], {}, true);
  cairn.browser = await launch();
  Object.assign(cairn, { url: program.url, lines: program.lines });
  cairn.open = (options = {}) => open(cairn.browser, { origins: [cairn.url], ...options });
});
after(async () => {
  await cairn.browser?.close();
  await program?.stop();
});

test('events, notices, answers, what is gone, and a claim', async () => {
  const { page, faults, close } = await at(cairn, 'hana', false);
  for (const [path, shows] of [
    ['/desk/explorer', /vulnerable-system/],
    ['/desk/notices', /sent.*From notice to gone/],
    ['/desk/notices/rules', /On: version 1/],
    ['/desk/feeds', /Scans of open services/],
    ['/desk/constituents/claims', /One claim waits.*Example Harbour/],
    ['/desk/constituents/claims/1', /Example Hosting.*lies within/],
  ]) {
    await page.goto(`${cairn.url}${path}`);
    assert.match(await text(page), shows, path);
    await look(page, `machines${path.replaceAll('/', '-')}`);
  }
  faults.none();
  await close();
});
