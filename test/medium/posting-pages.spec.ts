/** Goal: postings are found, counted and decided on over HTTP; one that cannot be decided leaves its neighbours alone. Real Postgres. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostingPlanner } from '../../src/billing/outbox/posting-planner.js';
import { PostingEntity } from '../../src/billing/outbox/posting.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aVisitor, startPages, type PageVisitor } from '../support/pages.js';
import { aSeedInvoice, seedConnections, seedInvoices, type SeededSource } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tx: TenantTransaction;
let source: SeededSource;
let admin: PageVisitor;
let member: PageVisitor;
/** In the order of their invoices: refused, refused, planned, posted. */
let ids: [string, string, string, string];

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startPages(database));
  tx = app.get(TenantTransaction);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});
beforeEach(async () => {
  source = await seedConnections(app, await createTenant(database.ownerUrl, 'Northlight'));
  const invoices = await seedInvoices(
    app,
    source,
    [0, 1, 2, 3].map((index) => aSeedInvoice(index)),
  );
  await tx.run(source.tenantId, async () => {
    for (const [number, invoiceId] of invoices)
      await app.get(PostingPlanner).plan({
        connectionId: source.ledgerId,
        operation: 'document',
        intentKey: invoiceId,
        intent: { number, total: '310.00', currency: 'AUD' },
        invoiceId,
        notBefore: new Date(),
        createdBy: 'Jo',
      });
    const rows = await tx.rows(PostingEntity).find({ where: { tenantId: source.tenantId }, order: { id: 'ASC' } });
    ids = rows.map(({ id }) => id) as typeof ids;
    const set = (id: string, change: Partial<Pick<PostingEntity, 'state' | 'cause' | 'vendorWords' | 'externalId'>>) =>
      tx.rows(PostingEntity).update({ tenantId: source.tenantId, id }, change);
    for (const id of ids.slice(0, 2))
      await set(id, { state: 'refused', cause: 'Account 200 is archived. Restore it.', vendorWords: '<b>ValidationException</b>' });
    await set(ids[3], { state: 'sending' });
    await set(ids[3], { state: 'posted', externalId: 'x' });
  });
  admin = await aVisitor(app, url, source.tenantId, 'admin');
  member = await aVisitor(app, url, source.tenantId, 'member');
});

const row = (id: string) => tx.run(source.tenantId, () => tx.rows(PostingEntity).findOneByOrFail({ tenantId: source.tenantId, id }));
const states = () => Promise.all(ids.map(async (id) => (await row(id)).state));
const listed = (text: string) => ids.map((id) => text.includes(`id="posting-${id}"`));

describe('the list', () => {
  it('counts every state, shows the cause in words, and what the vendor said one click away', async () => {
    const { text } = await admin('GET', '/postings');
    expect(listed(text)).toEqual([true, true, true, true]);
    expect(text).toContain('1 posted, 2 refused, 1 waiting');
    expect(text).toContain('Account 200 is archived. Restore it.');
    expect(text).toContain('&lt;b&gt;ValidationException&lt;/b&gt;');
  });

  it.each([
    ['tab=refused', [true, true, false, false]],
    ['tab=waiting', [false, false, true, false]],
    ['tab=nonsense', [true, true, true, true]],
    ['q=10001', [false, true, false, false]],
    ['q=kite&tab=posted', [false, false, false, false]],
  ])('is narrowed by its address: %s', async (query, expected) => {
    expect(listed((await admin('GET', `/postings?${query}`)).text)).toEqual(expected);
  });

  it('shows no button to those who may not decide, and nothing of another company', async () => {
    const { text } = await member('GET', '/postings');
    expect(text).not.toMatch(/formaction|name="posting"/);
    const stranger = await aVisitor(app, url, await createTenant(database.ownerUrl, 'Other'), 'owner');
    expect(listed((await stranger('GET', '/postings')).text)).toEqual([false, false, false, false]);
    expect((await stranger('POST', `/postings/${ids[0]}/retry`)).text).toContain('does not exist, or is not yours to see');
    expect(await states()).toEqual(['refused', 'refused', 'planned', 'posted']);
  });
});

describe('what is decided', () => {
  it('is refused to members', async () => {
    for (const path of ['retry', 'skip', `${ids[0]}/retry`, `${ids[0]}/skip`, `${ids[2]}/now`, `${ids[0]}/assignment`])
      expect([path, (await member('POST', `/postings/${path}`, { posting: ids[0] })).status]).toEqual([path, 403]);
    expect(await states()).toEqual(['refused', 'refused', 'planned', 'posted']);
  });

  it('happens to one, and the list is as it was', async () => {
    const back = await admin('POST', `/postings/${ids[0]}/retry`, { tab: 'refused', q: 'harbor' });
    expect([back.status, back.location]).toEqual([303, '/postings?tab=refused&q=harbor&retried=1']);
    expect((await admin('GET', back.location)).text).toContain('One posting is tried again.');
    await admin('POST', `/postings/${ids[1]}/skip`, {});
    expect(await states()).toEqual(['planned', 'skipped', 'planned', 'posted']);
    expect((await row(ids[1])).cause).toBe('Skipped by admin visitor.');
    expect((await admin('POST', `/postings/${ids[2]}/now`, {})).location).toBe('/postings');
  });

  it('happens to all that are ticked, and says why it cannot for some', async () => {
    expect((await admin('POST', '/postings/retry', { tab: 'all' })).location).toBe('/postings');
    const ticked = new URLSearchParams([ids[0], ids[1], ids[3]].map((id) => ['posting', id]));
    const page = await admin('POST', '/postings/retry', ticked);
    expect(page.status).toBe(409);
    expect(page.text).toMatch(/Done for 2\. This posting is done since [\d: -]+UTC\. It cannot be tried again/);
    expect(await states()).toEqual(['planned', 'planned', 'planned', 'posted']);
  });

  it('is who looks after it, and nobody again', async () => {
    await admin('POST', `/postings/${ids[0]}/assignment`, { [`to.${ids[0]}`]: 'Jo <Díaz>', [`to.${ids[1]}`]: 'Mia' });
    expect([(await row(ids[0])).assignedTo, (await row(ids[1])).assignedTo]).toEqual(['Jo <Díaz>', null]);
    await admin('POST', `/postings/${ids[0]}/assignment`, { [`to.${ids[0]}`]: '' });
    expect((await row(ids[0])).assignedTo).toBeNull();
  });

  it.each(['nonsense', '01a1fc0f-e8c5-75f4-a7e1-1c826ee03a45'])('is nothing at %s', async (id) => {
    expect((await admin('POST', `/postings/${id}/retry`)).status).toBe(id === 'nonsense' ? 422 : 409);
    expect((await admin('POST', '/postings/skip', { posting: id })).status).toBe(id === 'nonsense' ? 422 : 409);
  });
});
