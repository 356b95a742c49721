/** Goal: the secret of a link never is in an address that is sent. Real: Chromium, the whole app, its scripts and policy. */
import 'reflect-metadata';
import type { HTTPRequest } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenant } from '../../src/identity/create-tenant.repository.js';
import { SupportAccess } from '../../src/identity/support-access.js';
import { launchBrowser, type LaunchedBrowser } from '../../src/platform/browser/launch-browser.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { startWholeApp, type WholeApp } from '../support/attack/whole-app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const OPERATOR = { kind: 'operator', id: 'test', label: 'Test' } as const;

let launched: LaunchedBrowser;
let database: TestDatabase;
let whole: WholeApp;
let links: Record<'invitation' | 'support', string>;

beforeAll(async () => {
  launched = await launchBrowser({ network: 'loopback' });
  database = await createTestDatabase();
  whole = await startWholeApp(database);
  const wanted = { name: 'Northlight', ownerEmail: 'olivia@msp.example', timeZone: 'UTC', publicUrl: whole.url };
  const { tenantId, ownerLink } = await withClient(database.ownerUrl, (owner) => createTenant(owner, wanted));
  const grant = { operator: 'Robin', reason: 'A question', role: 'read_only', minutes: 60 } as const;
  const { secret } = await whole.app.get(SupportAccess).grant(tenantId, OPERATOR, grant);
  links = { invitation: ownerLink, support: `${whole.url}/sign-in/support#${secret}` };
});
afterAll(async () => {
  await whole.app.close();
  await database.drop();
  await launched.close();
});

describe.each([
  ['invitation', 'Join Northlight'],
  ['support', 'Support for Northlight'],
] as const)('links of %s', (use, heading) => {
  it('reach the page of what they open, and no request line, Referer or history', async () => {
    const page = await (await launched.browser.createBrowserContext()).newPage();
    const secret = links[use].split('#')[1] ?? '';
    expect(secret).toHaveLength(43);
    const sent: string[] = [];
    const trouble: string[] = [];
    page.on('request', (request: HTTPRequest) => {
      const { hash, href } = new URL(request.url());
      sent.push(`${request.method()} ${href.slice(0, href.length - hash.length)} from ${request.headers()['referer'] ?? 'nowhere'}`);
    });
    page.on('pageerror', (error) => trouble.push(String(error)));
    await page.goto(links[use], { waitUntil: 'load' });
    await page.waitForFunction((wanted) => document.querySelector('h1')?.textContent === wanted, {}, heading);
    expect(sent).toContainEqual(expect.stringMatching(new RegExp(`^POST .*/sign-in/${use}/link from `)));
    expect(sent.filter((line) => line.includes(secret))).toEqual([]);
    expect(page.url()).toBe(`${whole.url}/sign-in/${use}`);
    await page.goBack({ waitUntil: 'load' }).catch(() => null);
    expect(page.url()).not.toContain(secret);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('open on a page without scripts by pasting them', async () => {
    const page = await (await launched.browser.createBrowserContext()).newPage();
    await page.setJavaScriptEnabled(false);
    await page.goto(links[use], { waitUntil: 'load' });
    await page.type('#code', links[use]);
    await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click('form button')]);
    expect(await page.$eval('h1', (shown) => shown.textContent)).toBe(heading);
    await page.close();
  });
});
