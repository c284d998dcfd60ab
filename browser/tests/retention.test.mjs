// Undoing, legal holds, keeping times and the register: in both languages, at three widths, with scripts off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, NARROW, PHONE, shot } from '../lib/browser.mjs';
import { accessible, fits } from '../lib/checks.mjs';
import { person, signIn } from '../lib/people.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();

/** Looks at an address in both languages at each width. */
async function visit(page, path, name) {
  for (const lang of ['mi', 'en']) {
    const address = new URL(path, cairn.url);
    address.searchParams.set('lang', lang);
    assert.equal((await page.goto(address.href)).status(), 200, path);
    for (const viewport of [NARROW, PHONE, DESKTOP]) {
      await page.setViewportSize(viewport);
      await fits(page);
      if (viewport !== NARROW) {
        await accessible(page);
        await shot(page, `${name}-${lang}-${viewport.width}`);
      }
    }
  }
}

test('administrators and auditors read keeping times and the register', async () => {
  for (const [login, path] of [['oliver', '/desk/retention'], ['ruth', '/desk/erased']]) {
    const { page, faults, close } = await cairn.open({ scripts: false });
    await signIn(page, cairn.url, person(cairn.lines, login));
    await visit(page, path, path.replace('/desk/', 'retention-'));
    faults.none(login);
    await close();
  }
});

test('a lead holds a report, undoes that, does it again, and lifts it', async () => {
  const { page, faults, close } = await cairn.open({ scripts: false });
  await signIn(page, cairn.url, person(cairn.lines, 'leilani'));
  await page.goto(`${cairn.url}/desk?state=received&lang=en`);
  const path = await page.locator('[data-row] a').first().getAttribute('href');
  const text = () => page.innerText('main');
  const last = async (button) => Promise.all([page.waitForNavigation(), button.click()]);
  const form = (action) => page.locator(`form[action$="/${action}"]`);
  await page.goto(cairn.url + path);
  assert.ok(!(await text()).includes('On legal hold'));
  await page.locator('details.more summary', { hasText: 'legal hold' }).click();
  await last(form('hold').locator('button'));
  assert.ok((await text()).includes('Give a reason'), 'a hold has a reason');
  await page.fill('#reason', 'High Court, 12/2026 (made up)');
  await last(form('hold').locator('button'));
  assert.ok((await text()).includes('Held until somebody lifts it.'));
  await visit(page, path, 'retention-held');
  await last(form('undo').first().locator('button'));
  assert.ok(!(await text()).includes('Held until somebody'), 'undone');
  await last(form('undo').first().locator('button'));
  assert.ok((await text()).includes('Held until somebody lifts it.'), 'done again');
  await page.locator('details.more summary', { hasText: 'legal hold' }).click();
  await page.fill('#lift-reason', 'Withdrawn');
  await last(form('lift').locator('button'));
  assert.ok(!(await text()).includes('Held until somebody'), 'lifted');
  await visit(page, path, 'retention-lifted');
  faults.none('a hold');
  await close();
});
