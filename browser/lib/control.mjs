// What the tests of hostile texts must notice: the same texts on pages that let them through.
import { createServer } from 'node:http';
import { payloads } from '../payloads.mjs';

/** Pages of our own that show payloads as no page should: bare, and under the program's own policy. */
export async function control(policy) {
  const server = createServer((request, response) => {
    const [, how, id] = request.url.split('/');
    const payload = payloads.find((one) => one.id === id);
    response.writeHead(payload ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...(how === 'bare' ? {} : { 'content-security-policy': policy }) });
    response.end(payload && `<!doctype html><title>Control</title><main><p class="said">${payload.text}</p></main>`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() || server.closeAllConnections() };
}
