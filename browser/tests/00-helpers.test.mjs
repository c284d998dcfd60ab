// The helpers see what they are made to see: tried on small pages, good and bad, from a server of our own.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, launch, open, shot, weight } from '../lib/browser.mjs';
import { startCairn } from '../lib/cairn.mjs';
import { accessible, fits, focused, keyboardVisible, tabTo, violations, walk } from '../lib/checks.mjs';

const page = (body, style = '') => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Helpers</title><link rel="icon" href="data:,">
<style nonce="n">a:focus,input:focus,button:focus{outline:3px solid #05a}${style}</style></head>
<body><main><h1>Helpers</h1>${body}</main></body></html>`;

const PAGES = {
  '/good': page(
    '<p><a href="/good">A link of sensible size</a></p><form><p><label for="n">Name</label> <input id="n" name="n"></p>' +
      '<p><button>Send</button></p></form><script nonce="n">document.title = "Scripted"</script>',
  ),
  '/unlabelled': page('<p><input id="n"></p>'),
  '/hostile': page('<img src="data:," alt="" onerror="alert(1)"><script>alert(2)</script>'),
  '/dialog': page('<script nonce="n">alert("hello")</script>'),
  '/foreign': page('<p><img src="http://canary.example/x.png" alt="x"></p>'),
  '/wide': page('<p><a href="/good">x</a></p><div id="w" style="">w</div>', '#w{width:2000px}'),
  '/unseen': page('<p><a href="/good" id="a">x</a></p>', '#a:focus{outline:none}'),
};

let server;
let browser;
let url;

before(async () => {
  server = createServer((request, response) => {
    const body = PAGES[request.url];
    const images = request.url === '/foreign' ? "img-src * data:" : "img-src 'self' data:";
    response.writeHead(body ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'nonce-n'; script-src 'nonce-n'; form-action 'self'; ${images}`,
    });
    response.end(body ?? 'absent');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server.close();
  server.closeAllConnections();
});

const visit = async (path, options = {}) => {
  const opened = await open(browser, { origins: [url], ...options });
  await opened.page.goto(url + path, { waitUntil: 'load' });
  return opened;
};

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';

  test(`a good page passes ${how}`, async () => {
    const { page, faults, close } = await visit('/good', { scripts, viewport: scripts ? DESKTOP : PHONE });
    assert.equal(await page.title(), scripts ? 'Scripted' : 'Helpers');
    await accessible(page);
    await fits(page);
    await keyboardVisible(page);
    faults.none();
    await close();
  });

  test(`axe finds a field without a label ${how}`, async () => {
    const { page, close } = await visit('/unlabelled', { scripts });
    assert.match((await violations(page)).join('\n'), /^label /m);
    await assert.rejects(accessible(page), /label/);
    await close();
  });

  test(`a request to a stranger is seen ${how}`, async () => {
    const { faults, close } = await visit('/foreign', { scripts });
    assert.throws(() => faults.none(), /foreign request: http:\/\/canary\.example\/x\.png/);
    await close();
  });
}

test('a violated policy is seen, and nothing ran', async () => {
  const { page, faults, close } = await visit('/hostile');
  await page.waitForTimeout(300);
  assert.ok(!faults.found.some((fault) => fault.startsWith('dialog')), faults.found.join('; '));
  assert.throws(() => faults.none(), /policy: /);
  await close();
});

test('a dialog is seen and does not block', async () => {
  const { page, faults, close } = await visit('/dialog');
  assert.equal(await page.title(), 'Helpers');
  assert.throws(() => faults.none(), /dialog: alert: hello/);
  await close();
});

test('sideways scrolling is seen', async () => {
  const { page, close } = await visit('/wide', { viewport: PHONE });
  await assert.rejects(fits(page), /scrolls sideways: div#w/);
  await close();
});

test('the keyboard finds its way, and an unseen focus is told', async () => {
  const first = await visit('/good');
  assert.deepEqual((await walk(first.page)).map((stop) => stop.tag), ['a', 'input', 'button']);
  await first.page.reload();
  await tabTo(first.page, '#n');
  assert.equal((await focused(first.page)).name, 'n');
  await assert.rejects(tabTo(first.page, '#absent', 5), /never reaches/);
  await first.close();
  const second = await visit('/unseen');
  await assert.rejects(keyboardVisible(second.page), /focus is not seen on a#a/);
  await second.close();
});

test('a visit is weighed', async () => {
  const { requests, bytes } = await weight(browser, `${url}/good`);
  assert.equal(requests, 1);
  assert.ok(bytes > PAGES['/good'].length && bytes < PAGES['/good'].length + 1000, `${bytes} bytes`);
});

test('a picture is kept where one is wanted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-shots-'));
  const before = process.env.CAIRN_SHOTS;
  process.env.CAIRN_SHOTS = folder;
  const { page, close } = await visit('/good', { viewport: PHONE });
  await shot(page, 'good');
  await close();
  if (before === undefined) delete process.env.CAIRN_SHOTS;
  else process.env.CAIRN_SHOTS = before;
  assert.ok(existsSync(join(folder, 'good.png')));
  rmSync(folder, { recursive: true });
});

test('the program is started, heard and ended; one that fails is told with its words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-false-'));
  const before = process.env.CAIRN_BIN;
  const script = (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    process.env.CAIRN_BIN = path;
  };
  script('well', 'echo "sign in as officer"; echo "listening on http://127.0.0.1:1234"; exec sleep 60');
  const cairn = await startCairn();
  assert.equal(cairn.url, 'http://127.0.0.1:1234');
  assert.ok(cairn.lines.includes('sign in as officer'));
  await cairn.stop();
  assert.ok(!existsSync(cairn.data));
  script('ill', 'echo "no room" >&2; exit 3');
  await assert.rejects(startCairn(), /ended with 3[^]*no room/);
  if (before === undefined) delete process.env.CAIRN_BIN;
  else process.env.CAIRN_BIN = before;
  rmSync(folder, { recursive: true });
});
