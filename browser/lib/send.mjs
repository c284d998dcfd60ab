// Reports through the doors for people and programs.
import { Client, headerBytes } from './http.mjs';

/** Each their own: one address gets only so many mails a day. */
const contact = (one) => `contact${one.no}@example.org`;
const STEPS_MAX = 40;

/** What the form's pages are answered with: by step, the pairs to send. */
function answers(one) {
  const risk = Boolean(one.fields.aside);
  return {
    who: { who: 'law' },
    danger: { danger: 'no' },
    what: { what: risk ? 'threats' : 'phishing' },
    phishing: { phishing_did: 'none' },
    threats: { threat_kind: 'other' },
    service: { org_name: one.text('org_name'), service: one.text('service'), users_affected: '1' },
    impact: { impact: 'none' },
    times: { 'started-not_known': '1', 'detected-not_known': '1' },
    cause: { malicious: 'no', cross_border: 'no' },
    supplier: { supplier: 'yes', supplier_name: one.text('supplier_name') },
    ransom: { ransom: 'no' },
    measures: { measures: one.text('measures') },
    story: { story: one.text('story') },
    traces: { traces: one.text('traces') },
    describe: { describe: one.text('aside') },
    loss: { loss: 'none' },
    help: { help: 'only_tell' },
    identity: { identity: 'contact' },
    contact: { 'contact-name': one.text('contact_name'), 'contact-email': contact(one) },
  };
}

/** Header fields that carry payloads too. */
function headers(one) {
  const all = { 'user-agent': headerBytes(one.text('agent')), 'accept-language': headerBytes(one.text('language')) };
  if (one.fields.key && one.fields.key.id !== 'p0') all['idempotency-key'] = one.text('key');
  return all;
}

/** Fills in the form, page after page, until all can be checked. The client then holds the draft's cookie. */
export async function fillIn(url, one) {
  const client = new Client(url);
  const more = headers(one);
  const begun = await client.post('/report', {}, more);
  let path = begun.headers.location;
  let loaded = false;
  for (let steps = 0; path !== '/report/check'; steps += 1) {
    const step = path.split('/').pop();
    let answer;
    if (step === 'files' && !loaded) {
      loaded = true;
      const files = [{ name: one.text('file_name'), content: `file of ${one.door} ${one.no}` }];
      answer = await client.upload(path, 'files', files, more);
    } else {
      answer = await client.post(path, answers(one)[step] ?? {}, more);
    }
    const to = answer.headers.location?.split('?')[0];
    const stuck = steps > STEPS_MAX || answer.status !== 303 || (to === path && step !== 'files');
    if (stuck) throw new Error(`${path} answers ${answer.status} ${to} to ${JSON.stringify(answers(one)[step])}`);
    path = to;
  }
  return client;
}

/** Sends a form that is filled in; gives reference and secret. */
export async function sendForm(client) {
  const sent = await client.post('/report/send', {});
  if (sent.headers.location !== '/report/sent') throw new Error(`/report/send answers ${sent.status}`);
  const page = await client.get('/report/sent');
  return link(page.text);
}

/** Reference and secret of the status link on a page. */
export function link(html) {
  const found = /\/s\/([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z])-([0-9A-Za-z]+)/.exec(html);
  if (!found) throw new Error('the page has no status link');
  return { reference: found[1], secret: found[2] };
}

/** The report as a partner's program sends it. `files`: what was uploaded before. */
export function document(one, files) {
  const risk = Boolean(one.fields.aside);
  return {
    form: 'nz@1',
    language: 'en',
    answers: {
      who: 'law',
      danger: 'no',
      what: risk ? 'threats' : 'phishing',
      ...(risk ? { threat_kind: ['other'], describe: one.text('aside') } : { phishing_did: ['none'] }),
      org_name: one.text('org_name'),
      service: one.text('service'),
      users_affected: 1,
      impact: ['none'],
      started: { not_known: true },
      detected: { not_known: true },
      malicious: 'no',
      cross_border: 'no',
      supplier: 'yes',
      supplier_name: one.text('supplier_name'),
      ransom: 'no',
      measures: one.text('measures'),
      story: one.text('story'),
      traces: one.text('traces'),
      loss: ['none'],
      help: 'only_tell',
      identity: 'contact',
    },
    contact: { name: one.text('contact_name'), email: contact(one) },
    files: risk ? [] : files.map((sha256) => ({ sha256, name: one.text('file_name') })),
  };
}

/** Sends a report to the API; gives reference and secret. */
export async function sendApi(client, one, files) {
  const answer = await client.json('/api/v1/reports', document(one, files), headers(one));
  if (answer.status !== 201) throw new Error(`the API answers ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text);
}

/** Uploads a file to the API; gives its hash. */
export async function uploadApi(client, content) {
  const answer = await client.send('POST', '/api/v1/files', {
    headers: { 'content-type': 'application/octet-stream' },
    body: content,
  });
  if (answer.status !== 201) throw new Error(`the file is answered with ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text).sha256;
}

/** The token of the forms on a page. */
export const token = (html) => /name="csrf" value="([^"]+)"/.exec(html)?.[1];

/** Opens the status page in a client of its own: it then holds the cookie. */
export async function opened(url, { reference, secret }) {
  const client = new Client(url);
  await client.get(`/s/${reference}-${secret}`);
  return client;
}
