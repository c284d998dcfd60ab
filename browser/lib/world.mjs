// What most test files begin with: the program and a browser, ended after the file's last test.
import { after, before } from 'node:test';
import { launch, open } from './browser.mjs';
import { startCairn } from './cairn.mjs';

/**
 * Starts both before the file's tests. Use the returned object inside tests only.
 * @param {string[] | (() => Promise<string[]>)} [args] more arguments for `cairn demo`, or what makes them
 */
export function world(args = []) {
  const it = { url: '', lines: [], data: '', browser: undefined };
  let cairn;
  before(async () => {
    // One after the other: a browser that was started beside a program that fails would keep the tests from ending.
    cairn = await startCairn(typeof args === 'function' ? await args() : args);
    it.browser = await launch();
    it.url = cairn.url;
    it.lines = cairn.lines;
    it.data = cairn.data;
  });
  after(async () => {
    await it.browser?.close();
    await cairn?.stop();
  });
  /** Opens a page that may talk to the program only. */
  it.open = (options = {}) => open(it.browser, { origins: [it.url], ...options });
  return it;
}
