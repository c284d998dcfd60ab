// Which hostile text goes where: every payload through each door, in every field in turn.
import { payloads } from '../payloads.mjs';
import { isPlain, kept, keptLine, keptMail, oneLine } from './text.mjs';

/** Longest text of a field of one line, characters. */
const LINE_CHARS_MAX = 200;
/** Who sent the message that a mail brings along. */
export const INNER_ADDRESS = 'sender@example.net';
const HARMLESS = { id: 'p0', kind: 'harmless', text: 'plain words of a plain report', headerSafe: true };

const whole = (text) => text;
const fits = (text) => [...text].length <= LINE_CHARS_MAX;

/**
 * The fields of each door that carry a payload. `keep`: what is stored of a text; `takes`: whether the field takes it at
 * all; `shown`: whether the page of the report shows it as text of its own (names of files are cut to their last part,
 * so they are only looked at for harm).
 */
export const DOORS = {
  form: {
    story: { keep: kept, shown: true },
    traces: { keep: kept, shown: true },
    measures: { keep: kept, shown: true },
    aside: { keep: kept, shown: true },
    org_name: { keep: keptLine, takes: fits, shown: true },
    service: { keep: keptLine, takes: fits, shown: true },
    supplier_name: { keep: keptLine, takes: fits, shown: true },
    contact_name: { keep: keptLine, takes: fits, shown: true },
    file_name: { keep: whole, takes: isFileName },
    agent: { keep: whole, takes: headerSafe },
    language: { keep: whole, takes: headerSafe },
  },
  api: {
    story: { keep: kept, shown: true },
    traces: { keep: kept, shown: true },
    measures: { keep: kept, shown: true },
    aside: { keep: kept, shown: true },
    org_name: { keep: keptLine, takes: fits, shown: true },
    service: { keep: keptLine, takes: fits, shown: true },
    supplier_name: { keep: keptLine, takes: fits, shown: true },
    contact_name: { keep: keptLine, takes: fits, shown: true },
    file_name: { keep: whole, takes: fits },
    key: { keep: whole, takes: isKey },
    agent: { keep: whole, takes: headerSafe },
    language: { keep: whole, takes: headerSafe },
  },
  mail: {
    subject: { keep: oneLine, shown: true },
    from_name: { keep: oneLine, takes: fits, shown: true },
    body: { keep: keptMail, shown: true },
    inner_subject: { keep: oneLine, shown: true },
    inner_body: { keep: keptMail, shown: true },
    inner_from: { keep: (text) => oneLine(`${text} ${INNER_ADDRESS}`), takes: fits, shown: true },
    html: { keep: whole },
    file_name: { keep: whole, takes: fits },
    raw_header: { keep: whole, takes: headerSafe },
  },
};

/** Names with other controls are refused by the reader of forms with files: no browser sends them in one piece. */
function isFileName(text) {
  return fits(text) && !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text);
}

function headerSafe(text) {
  return fits(text) && !/[\0-\x1f\x7f]/.test(text);
}

/** What goes into a header field as a key that must be taken: visible ASCII. */
function isKey(text) {
  return /^[!-~][ -~]{0,252}[!-~]$/.test(text);
}

/** What a report of this number has none of: people at risk are asked to describe, not for files; mails differ. */
const ABSENT = {
  form: (no) => (no % 2 === 0 ? ['aside'] : ['file_name']),
  api: (no) => (no % 2 === 0 ? ['aside'] : ['file_name']),
  mail: (no) => [...(no % 3 === 0 ? ['inner_subject', 'inner_body', 'inner_from'] : []), ...(no % 5 === 4 ? ['body'] : [])],
};

/** One report: its number, and the payload and the text in each field. */
class Case {
  constructor(door, no) {
    this.door = door;
    this.no = no;
    /** @type {Record<string, {id: string, kind: string, text: string}>} */
    this.fields = {};
  }

  set(name, payload) {
    this.fields[name] = payload;
  }

  /** The text of a field; empty where this report has none of it. */
  text(name) {
    return this.fields[name]?.text ?? '';
  }

  /** Ids of the payloads that the page of the report must show whole. */
  ids() {
    return this.told()
      .filter(([, payload]) => payload !== HARMLESS)
      .map(([, payload]) => payload.id);
  }

  /** What the page of the report must show: `[field, payload, text as kept]`. */
  told() {
    return Object.entries(DOORS[this.door])
      .filter(([name, { shown }]) => shown && this.fields[name])
      .map(([name, { keep }]) => [name, this.fields[name], keep(this.text(name))]);
  }
}

/**
 * A report for each payload: it stands in the field that gives the report its title, and others in the other fields.
 * `turn` moves the others on, so that over the turns each payload comes to each field.
 */
export function plan(door, turn) {
  const fields = Object.entries(DOORS[door]);
  const count = payloads.length;
  const step = Math.ceil(count / fields.length);
  return payloads.map((first, no) => {
    const one = new Case(door, no);
    const absent = ABSENT[door](no);
    for (const [place, [name, { takes = () => true }]] of fields.entries()) {
      if (absent.includes(name)) continue;
      const wanted = place === 0 ? first : payloads[(no + place * step + turn) % count];
      one.set(name, takes(wanted.text) ? wanted : HARMLESS);
    }
    return one;
  });
}

/** The same fields as another report of the door, with nothing hostile in any. */
export function harmless(door, like) {
  const one = new Case(door, like.no);
  for (const name of Object.keys(like.fields)) one.set(name, HARMLESS);
  return one;
}

/**
 * As few of the items as carry all the payloads that all of them carry together.
 * @template T
 * @param {T[]} items
 * @param {(item: T) => Iterable<string>} carries ids of the payloads that an item carries
 * @returns {T[]}
 */
export function covering(items, carries) {
  const left = items.map((item) => [item, new Set(carries(item))]);
  const missing = new Set(left.flatMap(([, ids]) => [...ids]));
  const chosen = [];
  while (missing.size > 0) {
    const gain = ([, ids]) => [...ids].filter((id) => missing.has(id)).length;
    let best = left[0];
    let most = 0;
    for (const one of left) {
      const now = one[1].size > most ? gain(one) : 0;
      if (now > most) [best, most] = [one, now];
    }
    chosen.push(best[0]);
    for (const id of best[1]) missing.delete(id);
  }
  return chosen;
}

/** `items` in `count` heaps of about the same size. */
export function heaps(items, count) {
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size)).filter((heap) => heap.length > 0);
}

/** Throws unless each field of each door carries payloads of each kind that fits it, and each door all payloads. */
export function checkPlan(plans) {
  const kinds = new Set(payloads.map((payload) => payload.kind));
  for (const [door, cases] of Object.entries(plans)) {
    const carried = new Set();
    for (const [name, { takes = () => true, shown }] of Object.entries(DOORS[door])) {
      const own = cases.map((one) => one.fields[name]).filter((payload) => payload && payload.kind !== 'harmless');
      const here = new Set(own.map((payload) => payload.kind));
      const could = new Set(payloads.filter((payload) => takes(payload.text)).map((payload) => payload.kind));
      const absent = [...could].filter((kind) => !here.has(kind));
      if (absent.length > 0) throw new Error(`${door}, ${name}: carries no payload of ${absent}`);
      if (shown) for (const payload of own) carried.add(payload.id);
    }
    if (carried.size !== payloads.length) throw new Error(`${door} carries ${carried.size} of ${payloads.length}`);
  }
  const marked = payloads.filter((payload) => !isPlain(payload.text));
  if (marked.length > 0) throw new Error(`not to be told from marks: ${marked.map((payload) => payload.id)}`);
  if (kinds.size < 15) throw new Error(`only ${[...kinds]}`);
}
