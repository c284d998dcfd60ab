// Referrals: every page in both languages and at three widths with scripts off, and the way of one from consent to outcome.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NARROW, press as pressed } from '../lib/browser.mjs';
import { accessible, fits, keyboardVisible } from '../lib/checks.mjs';
import { at, text, visitAll } from '../lib/visits.mjs';
import { world } from '../lib/world.mjs';

const cairn = world();
const press = (page, action) => pressed(page, page.locator(`main form[action$="/${action}"] button`).last());

/** The report of the first row of a list of what the queue finds. */
async function found(page, line) {
  await page.goto(`${cairn.url}/desk?q=${encodeURIComponent(line)}`);
  const link = page.locator('[data-row] a').first();
  return (await link.count()) ? new URL(await link.getAttribute('href'), cairn.url).href : null;
}

test('every page of referrals, in both languages, with scripts off', async () => {
  const { page, faults, close } = await at(cairn, 'leilani', false);
  await page.goto(`${cairn.url}/desk/referrals`);
  const first = await page.locator('main a[href*="/referrals/"]').first().getAttribute('href');
  const report = first.replace(/\/referrals\/.*/, '');
  const paths = ['/desk/referrals', '/desk/referrals?late=1', '/desk/referrals?state=prepared&agency=police', first, report];
  await visitAll(cairn, page, paths, 'referral');
  await page.goto(`${cairn.url}/desk/referrals`);
  await keyboardVisible(page);
  assert.match(await text(page), /Referrals that wait for you .*overdue/);
  // The package's own page stands alone.
  await page.goto(`${cairn.url}${first}/summary`);
  await accessible(page);
  await page.setViewportSize(NARROW);
  await fits(page);
  faults.none();
  await close();
});

test('a referral from consent to outcome, and what the audit and the search know of it', async () => {
  const hana = await at(cairn, 'hana', false);
  const page = hana.page;
  const report = await found(page, 'consent:netsafe -referred:netsafe');
  assert.ok(report, 'a report of the examples whose reporter agrees');
  await page.goto(report);
  await page.locator('summary', { hasText: 'Refer to an agency' }).click();
  await page.locator('main form:has(#refer-agency) button').click();
  assert.match(await text(page), /Choose an agency/);
  await page.selectOption('#refer-agency', 'netsafe');
  await page.locator('main form:has(#refer-agency) button').click();
  assert.match(await text(page), /Choose how it goes/);
  assert.equal(await page.inputValue('#refer-agency'), 'netsafe');
  await page.check('input[name="refer-channel"][value="handed"]');
  await page.locator('main form:has(#refer-agency) button').click();
  await page.waitForURL('**/referrals/1');
  assert.match(await text(page), /Netsafe.*Prepared.*No contact details go with it/);
  await press(page, 'send');
  assert.match(await text(page), /Take the package out first/);
  const address = `${report.split('?')[0]}/referrals/1`;
  await page.goto(address);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('main form[action$="/package"] button').last().click()]);
  assert.match(download.suggestedFilename(), /-referral-1\.zip$/);
  await page.goto(address);
  await press(page, 'send');
  assert.match(await text(page), /Sent/);
  await page.fill('#reference', 'NS-77');
  await press(page, 'acknowledge');
  assert.match(await text(page), /The agency’s reference NS-77|The agency's reference NS-77/);
  await press(page, 'chase');
  assert.match(await text(page), /Write 1 to 2,?000 characters/);
  await page.goto(address);
  await page.fill('#how', 'By telephone; they will look.');
  await press(page, 'chase');
  await page.selectOption('#outcome', 'resolved');
  await page.fill('#more', 'The page is gone.');
  await press(page, 'answer');
  assert.match(await text(page), /Answered.*Dealt with/);
  assert.ok((await found(page, 'referred:netsafe referral:answered')).startsWith(report.split('?')[0]));
  await hana.close();

  // An officer has no reasons in law; a lead has; an auditor only reads.
  const ruth = await at(cairn, 'ruth', false);
  await ruth.page.goto(address);
  assert.equal(await ruth.page.locator('main form[action*="/referrals/"]').count(), 0);
  await ruth.page.goto(`${cairn.url}/desk/audit?kind=referral`);
  assert.match(await text(ruth.page), /Referral 1, Answered by the agency/);
  await ruth.close();
  const leilani = await at(cairn, 'leilani', false);
  await leilani.page.goto(report);
  await leilani.page.locator('summary', { hasText: 'Refer for a reason in law' }).click();
  await leilani.page.selectOption('#law-agency', 'police/ipp11_threat');
  await leilani.page.locator('main form:has(#law-agency) button').click();
  assert.match(await text(leilani.page), /Say why it applies/);
  await leilani.page.fill('#law-why', 'Somebody may be hurt.');
  await leilani.page.check('input[name="law-channel"][value="api"]');
  await leilani.page.locator('main form:has(#law-agency) button').click();
  await leilani.page.waitForURL('**/referrals/2');
  assert.match(await text(leilani.page), /Privacy Act 2020, s 22, IPP 11\(1\)\(f\)/);
  await press(leilani.page, 'withdraw');
  assert.match(await text(leilani.page), /Withdrawn/);
  await leilani.close();
});
