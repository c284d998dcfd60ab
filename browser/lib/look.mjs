// What must hold on every page, whatever was written: the page's own elements and no other, texts in their places, no
// address of a stranger, nothing unseen, nothing that could turn its neighbours' direction.
import { readFileSync, readdirSync } from 'node:fs';
import { UNSEEN } from './text.mjs';

/** Where pages of help and of clocks lead: what the house's own files say, and nothing else. */
const LAWS = readdirSync(new URL('../../data/clocks/rules', import.meta.url)).map((name) => `data/clocks/rules/${name}`);
const HELP = ['forms/nz/help.toml', ...LAWS].flatMap(
  (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8').match(/https:\/\/[^"\s]+/g) ?? [],
);

/** Runs in the page. Returns what is wrong, as sentences. */
function wrongs({ unseen, help }) {
  const found = [];
  const add = (words, element) => found.push(`${words}: ${(element.outerHTML ?? element.textContent).slice(0, 160)}`);
  // Browsers take no passkey at an IP address: the page leads to the same one at the name.
  const named = `http://localhost:${location.port}/sign-in`;
  const own = (address) =>
    new URL(address, document.baseURI).origin === location.origin || /^(tel|sms):\+?[0-9]+$/.test(address) || help.includes(address) ||
    (location.hostname === '127.0.0.1' && location.pathname === '/sign-in' && address === named);
  const STRANGE =
    'iframe,frame,object,embed,base,img,picture,source,video,audio,marquee,style,math,template,applet,image,xmp,listing,' +
    'plaintext,noembed,noframes,portal,dialog,map,area,canvas,font,x,frameset,foreignobject,animate,set,use';
  for (const element of document.querySelectorAll(STRANGE)) add('a strange element', element);
  const scripts = [];
  for (const element of document.querySelectorAll('script')) {
    const named = /^\/assets\/(cairn|desk|passkey)\.[0-9a-f]+\.js$/.exec(element.getAttribute('src') ?? '');
    if (element.parentElement !== document.head || !named || element.textContent !== '') add('a strange script', element);
    scripts.push(named?.[1]);
  }
  // Officers' pages have a second one, and those of ways in may ask for a passkey.
  const wanted = 'keys' in document.body.dataset ? 'cairn desk' : 'cairn';
  const asks = /^\/(sign-in|desk\/account)(\/|$)/.test(location.pathname);
  if (scripts.filter((name) => name !== 'passkey' || !asks).join(' ') !== wanted) add(`the scripts ${scripts.join(' ')}, not ${wanted}`, document.head);
  for (const element of document.querySelectorAll('meta[http-equiv]')) add('a strange meta', element);
  for (const svg of document.querySelectorAll('svg')) {
    if (!svg.matches('.mark, figure svg, .qr svg, svg.qr, svg[role=img]')) add('a strange picture', svg);
  }
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (/^on|^style$|^srcdoc$|^formaction$|^ping$|^background$|^poster$|^srcset$|^xlink/i.test(name)) {
        add(`a strange attribute ${name}`, element);
      }
      if (/^(href|src|action|data|cite)$/.test(name)) {
        const icon = element.matches('link[rel=icon]') && value.startsWith('data:image/svg+xml');
        if (!icon && !own(value)) add(`an address of a stranger in ${name}`, element);
      }
      if (/^(id|name|class|for|aria-\w+|role|rel|target|method|enctype|type)$/.test(name)) {
        if (/[<>"'`=]|alert\(|canary/.test(value) && name !== 'aria-label') add(`a strange ${name}`, element);
      }
    }
    if (!element.matches('.said')) continue;
    if (element.children.length > 0) add('an element within what was said', element);
    if (/^\/desk(\/reports\/|$)/.test(location.pathname) && /https?:\/\//.test(element.textContent)) add('a live link', element);
  }
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const hidden = new RegExp(unseen, 'u');
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const parent = node.parentElement;
    // What is typed into a field is kept as it was typed.
    if (parent.closest('textarea')) continue;
    if (hidden.test(node.data)) add('unseen characters', parent);
    const apart = parent.closest('.said, option');
    if (/alert\(\d|canary(\.|\[\.\])example/.test(node.data) && !apart) add('a text that is not set apart', parent);
    if (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(node.data)) {
      if (!apart) add('a text that may turn its neighbours', parent);
      else if (apart.matches('.said') && !/isolate|plaintext/.test(getComputedStyle(apart).unicodeBidi)) {
        add('a text that is not isolated', apart);
      }
    }
  }
  for (const element of document.querySelectorAll('[title],[aria-label],[placeholder],[alt]')) {
    for (const name of ['title', 'aria-label', 'placeholder', 'alt']) {
      if (hidden.test(element.getAttribute(name) ?? '')) add(`unseen characters in ${name}`, element);
    }
  }
  return found;
}

/** Runs in the page: does what would make a hidden handler run. */
function poke() {
  const events = [
    ['pointerover', PointerEvent], ['pointerenter', PointerEvent], ['mouseover', MouseEvent], ['focusin', FocusEvent],
    ['animationstart', AnimationEvent], ['toggle', Event], ['begin', Event], ['load', Event], ['error', Event], ['start', Event],
  ];
  for (const element of document.querySelectorAll('main *')) {
    for (const [name, Kind] of events) element.dispatchEvent(new Kind(name, { cancelable: true }));
  }
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const element of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')) {
    element.focus({ preventScroll: true });
  }
  document.activeElement?.blur();
}

/** Runs in the page: the middle of texts that ask to be pressed, where they are in sight. */
function pressable() {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const places = [];
  for (let node = texts.nextNode(); node && places.length < 2; node = texts.nextNode()) {
    const at = node.parentElement.closest('.said') ? node.data.indexOf('press') : -1;
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 5);
    node.parentElement.scrollIntoView({ block: 'center' });
    const box = range.getBoundingClientRect();
    if (box.width > 0 && box.top > 0 && box.bottom < innerHeight) places.push([box.x + box.width / 2, box.y + box.height / 2]);
  }
  return places;
}

/** What is wrong with the page as it stands. */
export const inspect = (page) => page.evaluate(wrongs, { unseen: UNSEEN, help: HELP });

/**
 * Does to the page what a reader might do, and throws when anything of it is not the page's own.
 * @param {import('playwright-core').Page} page
 * @param {import('./browser.mjs').Faults} faults
 */
export async function harmlessPage(page, faults) {
  await page.evaluate(poke);
  const found = await inspect(page);
  if (found.length > 0) throw new Error(`${page.url()}: ${found.slice(0, 5).join('\n')}`);
  const before = page.url();
  for (const [x, y] of await page.evaluate(pressable)) {
    await page.mouse.move(x, y);
    await page.mouse.click(x, y);
  }
  if (page.url() !== before) throw new Error(`${before}: a text led to ${page.url()}`);
  faults.none(before);
}

/** Everything that is shown as said by somebody, as it stands. */
export const said = (page) => page.$$eval('.said', (all) => all.map((element) => element.textContent));

/**
 * How many there are of each element within the page's main part, without what other reports say of this one (its cluster), and
 * with links to pages of observables, which follow from what is found in a text, apart.
 */
export const shape = (page) =>
  page.$$eval('main *', (all) => {
    const counts = {};
    for (const element of all) {
      if (element.closest('section[aria-labelledby=cluster]')) continue;
      const found = element.matches('a[href^="/desk/observables/"]');
      const name = found ? 'link to an observable' : element.localName;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  });

/** Where two shapes differ, in words; elements of which there may be more or fewer are named in `free`. */
export function unlike(one, other, free) {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((name) => !free.includes(name) && one[name] !== other[name])
    .map((name) => `${one[name] ?? 0} ${name} for ${other[name] ?? 0}`);
}
