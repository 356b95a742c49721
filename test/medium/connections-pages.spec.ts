/** Goal: one connect page for every vendor; only who may connect, connects, and a way back is good once. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pressFirstButton } from '../../sandbox/kit/press-button.js';
import { ConnectionEntity } from '../../src/connections/connection.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { SignedInBrowser, startConnectHttp } from '../support/connect-http.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';
import { startVendors, type RunningVendors } from '../support/vendors.js';

const PSA_KEYS = { site: 'na.myconnectwise.net', companyId: 'lumenit', publicKey: 'sandboxpublic', privateKey: 'sandboxprivate' };

let database: TestDatabase;
let vendors: RunningVendors;
let app: NestExpressApplication;
let url: string;
let tenantId: string;
let browser: SignedInBrowser;

beforeAll(async () => {
  [database, vendors] = await Promise.all([createTestDatabase(), startVendors()]);
  ({ app, url } = await startConnectHttp(database, vendors));
});

afterAll(async () => {
  await app.close();
  await vendors.close();
  await database.drop();
});

beforeEach(async () => {
  tenantId = await createTenant(database.ownerUrl, 'MSP');
  browser = await SignedInBrowser.of(app, url, tenantId, 'owner');
});

const rows = () => {
  const tx = app.get(TenantTransaction);
  return tx.run(tenantId, () => tx.rows(ConnectionEntity).findBy({ tenantId }));
};

describe('a vendor with consent pages of its own', () => {
  it.each(['xero', 'quickbooks'])('%s: there, back over localhost, and connected', async (key) => {
    const away = await browser.go(`/connect/${key}`);
    expect(away.status).toBe(303);
    expect(new URL(away.location).searchParams.get('redirect_uri')).toBe(`${url}/connect/${key}/callback`);
    expect(url).toMatch(/^http:\/\/localhost:/);
    const back = await pressFirstButton(away.location);
    const cookie = browser.cookies.get('countersign-connect') ?? '';
    expect(cookie).not.toContain(back.searchParams.get('state') ?? 'no state');
    const done = await browser.go(back.href);
    const [row] = await rows();
    expect([done.status, done.location]).toEqual([303, `/connections/${row?.id}`]);
    expect(row).toMatchObject({ connector: key, state: 'connected', health: { ok: true } });
    // The cookie is gone, so the same address brings nothing again.
    expect(browser.cookies.has('countersign-connect')).toBe(false);
    expect((await browser.go(back.href)).status).toBe(409);
  });

  it("that refuses: the page says why in the vendor's own case, and offers the way again", async () => {
    const away = new URL((await browser.go('/connect/xero')).location);
    const back = `${url}/connect/xero/callback?error=access_denied&state=${away.searchParams.get('state')}`;
    const page = await browser.go(back);
    expect(page.status).toBe(422);
    expect(page.body).toContain('not allowed, so nothing was connected');
    expect(page.body).toContain('href="/connect/xero"');
    expect(await rows()).toEqual([]);
  });

  it('whose link somebody was lured to ends nowhere without the cookie', async () => {
    const attacker = await SignedInBrowser.of(app, url, await createTenant(database.ownerUrl, 'Attacker'), 'owner');
    const back = await pressFirstButton((await attacker.go('/connect/quickbooks')).location);
    expect((await browser.go(back.href)).status).toBe(409);
    expect(await rows()).toEqual([]);
  });
});

describe('a grant over several accounts', () => {
  it('shows them, takes one of them, and forgets the rest', async () => {
    const { store } = vendors.sandbox('xero');
    const second = '5d0b4f0e-0000-4000-8000-00000000beef';
    const first = store.all<{ id: string }>('organisation')[0];
    store.put('organisation', second, { ...first, id: second, name: 'Lumen <b>Holdings</b>' });
    try {
      const choice = await browser.go((await pressFirstButton((await browser.go('/connect/xero')).location)).href);
      expect(choice.location).toMatch(/^\/connect\/xero\/account\/[0-9a-f-]{36}$/);
      const page = await browser.go(choice.location);
      expect(page.body).toContain('Lumen &lt;b&gt;Holdings&lt;/b&gt;');
      expect(page.body).toContain(`action="${choice.location}"`);
      const done = await browser.go(choice.location, { account: second });
      const [row] = await rows();
      expect(done.location).toBe(`/connections/${row?.id}`);
      expect(row?.externalAccountId).toBe(second);
      expect((await browser.go(choice.location)).location).toBe('/connections');
      expect((await browser.go(choice.location, { account: second })).status).toBe(409);
    } finally {
      store.delete('organisation', second);
    }
  });

  it('that nobody has given leads back to the connections', async () => {
    expect((await browser.go('/connect/xero/account/nonsense')).location).toBe('/connections');
  });
});

describe('a vendor with keys', () => {
  it('shows its form, keeps what was typed but for secrets, and connects', async () => {
    const form = await browser.go('/connect/connectwise');
    expect(form.status).toBe(200);
    for (const field of ['site', 'companyId', 'publicKey']) expect(form.body).toContain(`name="${field}" type="text"`);
    expect(form.body).toContain('name="privateKey" type="password"');
    const wrong = await browser.go('/connect/connectwise', { ...PSA_KEYS, privateKey: 'wrong<secret' });
    expect(wrong.status).toBe(422);
    expect(wrong.body).toContain('value="lumenit"');
    expect(wrong.body).not.toContain('wrong');
    const done = await browser.go('/connect/connectwise', PSA_KEYS);
    const [row] = await rows();
    expect([done.status, done.location]).toEqual([303, `/connections/${row?.id}`]);
  });

  it('marks the field that is missing', async () => {
    const page = await browser.go('/connect/connectwise', { ...PSA_KEYS, companyId: '' });
    expect(page.status).toBe(422);
    expect(page.body).toContain('id="problem-companyId"');
    expect(await rows()).toEqual([]);
  });
});

describe('who may not connect', () => {
  it.each(['member', 'read_only'] as const)('%s is refused on every address', async (role) => {
    const other = await SignedInBrowser.of(app, url, tenantId, role);
    for (const [address, form] of ADDRESSES) expect((await other.go(address, form)).status).toBe(403);
  });

  it('a stranger is asked to sign in', async () => {
    const stranger = SignedInBrowser.ofStranger(url);
    for (const [address, form] of ADDRESSES) expect((await stranger.go(address, form)).status).not.toBe(200);
    expect(await rows()).toEqual([]);
  });

  it('nobody connects a vendor that does not exist', async () => {
    for (const [address, form] of ADDRESSES)
      expect((await browser.go(address.replace('xero', 'nobody'), form)).status).toBeGreaterThanOrEqual(400);
  });
});

const ADDRESSES: readonly [string, Record<string, string> | undefined][] = [
  ['/connect/xero', undefined],
  ['/connect/xero', {}],
  ['/connect/xero/callback?code=1&state=2', undefined],
  ['/connect/xero/account/5d0b4f0e-0000-4000-8000-00000000beef', undefined],
  ['/connect/xero/account/5d0b4f0e-0000-4000-8000-00000000beef', { account: 'a' }],
];
