import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { launchBrowser, type LaunchedBrowser } from '../../src/platform/browser/launch-browser.js';
import { newWindow, signIn, visit } from '../support/browser-person.js';
import { pageProblems } from '../support/page-checks.js';
import { startApp, untilRead, type RunningApp } from '../support/running-app.js';

/* Every screen on real data, on a desk and on a phone. */
let app: RunningApp;
let launched: LaunchedBrowser;
let owner: { page: Page; trouble: string[] };
let reader: { page: Page; trouble: string[] };
let connectionIds: string[];
let invoiceId: string;

beforeAll(async () => {
  app = await startApp();
  launched = await launchBrowser({ network: 'loopback' });
  await untilRead(app);
  owner = await newWindow(launched.browser);
  await signIn(owner.page, app.url);
  const context = await launched.browser.createBrowserContext();
  reader = { page: await context.newPage(), trouble: [] };
  await signIn(reader.page, app.url, 'tom');
  connectionIds = ids(await api('/connections'));
  invoiceId = ids(await api('/invoices?search=1613'))[0] ?? '';
});
afterAll(async () => {
  await launched.close();
  await app.stop();
});

const SCREENS: readonly (readonly [string, () => string])[] = [
  ['inbox', () => '/invoices'],
  ['inbox without a match', () => '/invoices?q=zebra'],
  ['invoice', () => `/invoices/${invoiceId}`],
  ['invoice lines', () => `/invoices/${invoiceId}?view=lines`],
  ['invoice changes', () => `/invoices/${invoiceId}?view=changes`],
  ['postings', () => '/postings'],
  ['connections', () => '/connections'],
  ['billing source', () => `/connections/${connectionIds[0]}`],
  ['ledger', () => `/connections/${connectionIds[1]}`],
  ['connect', () => '/connect/connectwise'],
  ['brand', () => '/settings/brand'],
  ['members', () => '/settings/members'],
  ['statuses', () => '/settings/statuses'],
  ['codes', () => '/settings/codes'],
  ['API keys', () => '/settings/api-keys'],
  ['sign-in rules', () => '/settings/sign-in'],
  ['security', () => '/settings/security'],
  ['own account', () => '/settings/account'],
  ['ways to sign in', () => '/settings/account/identities'],
  ['data', () => '/settings/data'],
  ['data about to be forgotten', () => '/settings/data/content'],
  ['data flows', () => '/settings/data/flows'],
  ['general settings', () => '/settings/general'],
  ['audit log', () => '/settings/audit'],
  ['support access', () => '/settings/support'],
  ['own activity', () => '/settings/account/activity'],
  ['company choice', () => '/sign-in/tenants'],
  ['an address that is none', () => '/nothing-here'],
];

const WIDTHS = [
  [1440, 900],
  [390, 844],
] as const;

describe.each(WIDTHS)('at %i px', (width, height) => {
  it.each(SCREENS)('%s is whole', async (name, address) => {
    const { page, trouble } = owner;
    await page.setViewport({ width, height });
    const answer = await visit(page, `${app.url}${address()}`);
    expect(answer?.status()).toBe(name === 'an address that is none' ? 404 : 200);
    expect(await pageProblems(page)).toEqual([]);
    expect(trouble.splice(0).filter((line) => !line.includes('404'))).toEqual([]);
  });
});

describe('before sign-in', () => {
  it.each(['/sign-in', '/sign-in?returnTo=%2Fpostings'])('%s is whole on a phone', async (address) => {
    const context = await launched.browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width: 390, height: 844 });
    await visit(page, `${app.url}${address}`);
    expect(await pageProblems(page)).toEqual([]);
    await context.close();
  });
});

describe('somebody who may only read', () => {
  it('sees an invoice without cost and without a way to decide', async () => {
    await visit(reader.page, `${app.url}/invoices/${invoiceId}?view=lines`);
    const text = await reader.page.$eval('#invoice', (pane) => pane.textContent);
    expect(text).not.toMatch(/Margin|cost /);
    expect(await reader.page.$$('#approve-form, #reject, [hx-post], [hx-delete]')).toHaveLength(0);
    expect(await pageProblems(reader.page)).toEqual([]);
  });

  it('is told what a page needs instead of being shown it', async () => {
    const answer = await visit(reader.page, `${app.url}/connect/connectwise`);
    expect(answer?.status()).toBe(403);
    expect(await reader.page.$eval('main', (main) => main.textContent)).toContain('You may not open this page');
  });
});

it('remembers the theme from the first paint on', async () => {
  const { page } = owner;
  await page.setViewport({ width: 1440, height: 900 });
  await visit(page, `${app.url}/invoices`);
  await page.click('[popovertarget="menu"]');
  await page.click('[data-theme-switch] button[value="dark"]');
  const html = await page.evaluate(async () => await (await fetch('/invoices')).text());
  expect(html).toContain('<html lang="en" data-theme="dark">');
});

it('keeps people informed when the connection is lost', async () => {
  const { page } = owner;
  await visit(page, `${app.url}/invoices`);
  await page.setOfflineMode(true);
  await page.waitForFunction(() => document.querySelector<HTMLElement>('[data-offline]')?.hidden === false);
  await page.setOfflineMode(false);
  await page.waitForFunction(() => document.querySelector<HTMLElement>('[data-offline]')?.hidden === true);
});

async function api(path: string): Promise<unknown> {
  const answer = await fetch(`${app.url}/api/v1${path}`, { headers: { authorization: `Bearer ${app.apiKeys['owner'] ?? ''}` } });
  return await answer.json();
}

function ids(page: unknown): string[] {
  return z
    .object({ items: z.array(z.object({ id: z.string() })) })
    .parse(page)
    .items.map(({ id }) => id);
}
