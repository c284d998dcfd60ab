// What the program is documented to do with strangers' texts, said a second time and in another language: how a text is
// kept, what marks a page shows in it, and how exports are read. Tests compare the program with this.

// White_Space of Unicode, as Rust's `trim` knows it; JavaScript's own differs in U+0085 and U+FEFF.
const BLANK = '\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const CONTROL = '\\u0000-\\u001f\\u007f-\\u009f';
// Takes no room, or turns the direction of what follows.
const INVISIBLE =
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164' +
  '\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}';
const FORMULA = '=+\\-@|%＝＋－＠｜％−﹢﹣﹦﹪﹫';
const TITLE_CHARS_MAX = 140;

const EDGES = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, 'gu');
const GAPS = new RegExp(`[${BLANK}${CONTROL}]+`, 'gu');
const HIDDEN = new RegExp(`[${INVISIBLE}]`, 'gu');
const FORMULA_START = new RegExp(`^(?:[\\t\\r\\n]|[${BLANK}${CONTROL}${INVISIBLE}]*[${FORMULA}])`, 'u');

/** Source of a character class: what no text on a page may hold outside of a field that is typed into. */
export const UNSEEN = `[${INVISIBLE}\\u2028\\u2029\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]`;

export const trimmed = (text) => text.replace(EDGES, '');

/** A text answer or a message as it is kept: nothing but line ends, blanks at the ends and NUL are touched. */
export const kept = (text) => trimmed(text).replace(/\r\n?/g, '\n').replaceAll('\0', '\ufffd');

/** An answer of one line. */
export const keptLine = (text) => kept(text).replaceAll('\n', ' ');

/** A text within a mail. */
export const keptMail = (text) => trimmed(trimmed(text).replaceAll('\r\n', '\n'));

/** A header field or a person's name. */
export const oneLine = (text) => text.replace(GAPS, ' ').replace(/^ | $/g, '');

/** First words of a text, as lists and exports have them. */
export function title(text) {
  const line = oneLine(text.replace(HIDDEN, ''));
  const signs = [...line];
  if (signs.length <= TITLE_CHARS_MAX) return line;
  const cut = signs.slice(0, TITLE_CHARS_MAX - 1).join('').trimEnd();
  // At a blank, if that leaves more than half.
  const at = signs[TITLE_CHARS_MAX - 1] === ' ' ? cut.length : cut.lastIndexOf(' ');
  const whole = at > 0 ? cut.slice(0, at) : '';
  const bytes = (part) => Buffer.byteLength(part);
  return `${bytes(whole) * 2 > bytes(cut) ? whole : cut}…`;
}

/** Whether a spreadsheet could take the cell for a formula. */
export const startsFormula = (cell) => FORMULA_START.test(cell);

/** What a page shows, with the marks for invisible characters and the defanging undone. */
export const undone = (shown) =>
  shown
    .replace(/\[U\+([0-9A-F]{4,6})\]/g, (_, code) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/([hH])(xx|XX)(?=[pP])/g, (_, h, xx) => h + (xx === 'xx' ? 'tt' : 'TT'))
    .replace(/\[([.@:])\]/g, '$1');

/** Whether a text can be told apart from its marked and defanged form, so that `undone` loses nothing. */
export const isPlain = (text) => undone(text) === text;

/**
 * Reads CSV (RFC 4180), and throws at whatever is none: a quote within a bare cell, text after a closing quote, a
 * cell that never ends, a line that ends with less than CR LF.
 * @returns {string[][]} the rows
 */
export function csv(text) {
  const rows = [];
  let row = [];
  let at = 0;
  while (at < text.length) {
    const quoted = text[at] === '"';
    const found = (quoted ? /"((?:[^"]|"")*)"/y : /[^",\r\n]*/y);
    found.lastIndex = at;
    const match = found.exec(text);
    if (!match) throw new Error(`CSV: an open quote at ${at}: ${JSON.stringify(text.slice(at, at + 80))}`);
    row.push(quoted ? match[1].replaceAll('""', '"') : match[0]);
    at += match[0].length;
    if (text[at] === ',') {
      at += 1;
    } else if (text.startsWith('\r\n', at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else {
      throw new Error(`CSV: neither comma nor line end at ${at}: ${JSON.stringify(text.slice(at - 40, at + 40))}`);
    }
  }
  if (row.length > 0) throw new Error('CSV: the last line does not end');
  return rows;
}
