// Pages as they are printed.

/** As wide as A4 without its margins of 15 mm, in pixels of CSS. */
const A4 = { width: 680, height: 990 };

/**
 * Opens an address as it is printed, or shows the page that is there so.
 *
 * Only once it is there: where something else watches a page too (`Faults`), Chromium forgets the medium when the first
 * page of a context comes into a process of its own.
 */
export async function onPaper(page, url) {
  await page.setViewportSize(A4);
  await page.emulateMedia({ media: null });
  const answer = url && (await page.goto(url));
  await page.emulateMedia({ media: 'print' });
  if (!(await page.evaluate(() => matchMedia('print').matches))) throw new Error(`${page.url()}: it is not printed`);
  return answer;
}

/** Runs in the page. What is wrong with it on paper, as sentences. */
function wrongs() {
  const found = [];
  const add = (words, element) => found.push(`${words}: ${element.outerHTML.slice(0, 120)}`);
  const seen = (element) => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true, opacityProperty: true });
  for (const element of document.querySelectorAll('nav, .languages, .skip, .back, .pages, .exit')) {
    if (seen(element)) add('navigation', element);
  }
  // Each text within what is folded on a screen has a box, and the fold reaches down to it.
  for (const fold of document.querySelectorAll('details')) {
    const texts = document.createTreeWalker(fold, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      // What stands in a field has no box of its own.
      if (!node.data.trim() || node.parentElement.closest('.unseen, textarea')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      const inside = box.height > 0 && box.bottom <= fold.getBoundingClientRect().bottom + 1;
      if (!inside || !seen(node.parentElement)) add('folded away', node.parentElement);
    }
  }
  for (const field of document.querySelectorAll('main textarea')) {
    if (!seen(field)) add('folded away', field);
    else if (field.scrollHeight > field.clientHeight + 1) add('cut', field);
  }
  const width = document.documentElement.clientWidth;
  for (const element of document.querySelectorAll('main *')) {
    if (element.closest('.unseen, svg svg, svg *') || !seen(element)) continue;
    const style = getComputedStyle(element);
    if (style.clipPath !== 'none') continue;
    if (element.getBoundingClientRect().right > width + 1) add('beyond the edge', element);
    const clips = style.overflowX !== 'visible' && style.overflowX !== 'clip';
    if (clips && element.scrollWidth > element.clientWidth + 1) add('cut', element);
  }
  for (const link of document.querySelectorAll('main a[href^="http"]')) {
    if (seen(link) && !getComputedStyle(link, '::after').content.includes(link.getAttribute('href'))) add('without its address', link);
  }
  return found;
}

/** Throws when a printed page has navigation, text that is folded away or cut, or a link without its address. */
export async function fitsPaper(page) {
  const found = await page.evaluate(wrongs);
  if (found.length > 0) throw new Error(`${page.url()}: ${found.slice(0, 8).join('\n')}`);
}
