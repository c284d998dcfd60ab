// What the tests of hostile texts type into the fields of the form, and what becomes of it there.
import { DOORS } from './plan.mjs';

/** Fields that are typed into, by step of the form: name of the field and of the slot that fills it. */
export const TYPED = {
  service: [['org_name', 'org_name'], ['service', 'service']],
  supplier: [['supplier_name', 'supplier_name']],
  measures: [['measures', 'measures']],
  story: [['story', 'story']],
  traces: [['traces', 'traces']],
  describe: [['describe', 'aside']],
  contact: [['contact-name', 'contact_name']],
};

/** Those of several lines. */
export const AREAS = ['measures', 'story', 'traces', 'describe'];

/** What a wrong page of the form holds when it is shown again: as typed, but for what HTML makes of line ends and NUL. */
export const again = (text, isArea) => text.replace(/\r\n?|\n/g, isArea ? '\n' : '').replaceAll('\0', '\ufffd');

/** What a browser's field makes of a text before it is sent. */
export const inField = (text, isArea) => (isArea ? text : text.replace(/[\r\n]/g, ''));

export const typedTexts = (one) =>
  Object.values(TYPED).flat().filter(([, slot]) => one.fields[slot]).map(([field, slot]) => {
    return [field, one.fields[slot], DOORS.form[slot].keep(inField(one.text(slot), AREAS.includes(field)))];
  });

/** Types a text. What a line does with tabs and line ends depends on how they come: these are set as a script would. */
export async function put(page, selector, text) {
  const own = page.locator(selector);
  const isLine = await own.evaluate((field) => field.localName === 'input');
  await own.fill('');
  await own.focus();
  if (isLine && /[\t\r\n]/.test(text)) await own.evaluate((field, value) => (field.value = value), text);
  else await page.keyboard.insertText(text);
}

/** Addresses that a form could take and a mail server could misread. */
export const ADDRESSES = [
  'a..b@example.org', '.a@example.org', '-oQ/tmp@example.org', '|cat@example.org', '%0d%0aBcc:canary@example.org', "'or'1@example.org",
  '=?utf-8?Q?a=0D=0ABcc:canary=40canary.example?=@example.org', 'a@example.org%0aBcc:x@canary.example', 'user\u202e@gro.elpmaxe',
  'a@[192.0.2.1].example', '{{7*7}}@example.org', '`id`@example.org', 'a\\@b@example.org', 'a@-example.org', 'a@example..org',
  'a!b%c@example.org', 'm\u0101ori@example.org', 'a@xn--80ak6aa92e.example', 'javascript:alert(1)@example.org', '=1+1@example.org',
];
