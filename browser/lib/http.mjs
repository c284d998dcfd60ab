// Requests as a browser without scripts or a partner's program sends them, quick enough for thousands, and with bytes in
// header fields that `fetch` would not send.
import { Agent, request } from 'node:http';

const ANSWER_MAX_MS = 60_000;

/** Bytes of UTF-8 as a header field carries them. */
export const headerBytes = (text) => Buffer.from(text, 'utf8').toString('latin1');

/** One client: its connections, its cookies. */
export class Client {
  constructor(url) {
    this.url = new URL(url);
    this.agent = new Agent({ keepAlive: true, maxSockets: 32 });
    this.cookies = new Map();
  }

  close() {
    this.agent.destroy();
  }

  /**
   * @param {string} method
   * @param {string} path as it goes over the wire
   * @param {{headers?: object, body?: string|Buffer}} [options]
   * @returns {Promise<{status: number, headers: object, text: string, bytes: Buffer}>}
   */
  send(method, path, { headers = {}, body } = {}) {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const all = { ...headers };
    if (bytes) all['content-length'] = bytes.length;
    if (this.cookies.size > 0) all.cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const { hostname, port } = this.url;
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, path, method, headers: all, agent: this.agent }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          this.remember(answer.headers['set-cookie']);
          const whole = Buffer.concat(parts);
          resolve({ status: answer.statusCode, headers: answer.headers, bytes: whole, text: whole.toString('utf8') });
        });
      });
      sent.setTimeout(ANSWER_MAX_MS, () => sent.destroy(new Error(`${method} ${path.slice(0, 100)}: no answer`)));
      sent.on('error', reject);
      sent.end(bytes);
    });
  }

  remember(lines = []) {
    for (const line of lines) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  get(path, headers = {}) {
    return this.send('GET', path, { headers: { accept: 'text/html', ...headers } });
  }

  /** A form of pairs, as HTML's `application/x-www-form-urlencoded` sends it. */
  post(path, pairs, headers = {}) {
    const body = new URLSearchParams(pairs).toString();
    const media = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    return this.send('POST', path, { headers: { accept: 'text/html', ...media, ...headers }, body });
  }

  /** A form with files; names go over the wire as browsers write them (HTML, multipart/form-data encoding). */
  upload(path, field, files, headers = {}) {
    const edge = '----cairn-test-edge-4f1c';
    const escaped = (name) => name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
    const parts = files.flatMap(({ name, content }) => [
      `--${edge}\r\nContent-Disposition: form-data; name="${field}"; filename="${escaped(name)}"\r\n`,
      `Content-Type: application/octet-stream\r\n\r\n${content}\r\n`,
    ]);
    const media = { 'content-type': `multipart/form-data; boundary=${edge}`, 'sec-fetch-site': 'same-origin' };
    const body = `${parts.join('')}--${edge}--\r\n`;
    return this.send('POST', path, { headers: { accept: 'text/html', ...media, ...headers }, body });
  }

  json(path, value, headers = {}) {
    const body = JSON.stringify(value);
    return this.send('POST', path, { headers: { 'content-type': 'application/json', ...headers }, body });
  }
}

/** Does `work` for each of the items, some at a time; the results are in the items' order. */
export async function each(items, atOnce, work) {
  const results = new Array(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const at = next;
      next += 1;
      results[at] = await work(items[at], at);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return results;
}
