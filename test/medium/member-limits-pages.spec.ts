/** Goal: what somebody may see and approve is set on a page, said again, recorded, and refused in words. Real HTTP and Postgres. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/role.js';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { MembershipEntity } from '../../src/identity/membership.entity.js';
import type { InvoiceEntity } from '../../src/billing/invoices/invoice.entity.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import type { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { never, openLimitedPages, type Ask, type LimitedPages } from '../support/limited-pages.js';

let limited: LimitedPages;
let app: NestExpressApplication;
let tenantId: string;
let tx: TenantTransaction;
let own: InvoiceEntity;
let other: InvoiceEntity;
let place: string;
let aSession: LimitedPages['aSession'];
let aKey: LimitedPages['aKey'];

beforeAll(async () => {
  limited = await openLimitedPages();
  ({ app, tenantId, tx, own, other, place, aSession, aKey } = limited);
});
afterAll(() => limited.close());

const change = async (ask: Ask, id: string, fields: [string, string][]) =>
  await ask('POST', `/settings/members/${id}/limits`, new URLSearchParams(fields));
const memberOf = async (role: Role) => {
  await aSession(role, {});
  const rows = await tx.run(tenantId, () => tx.rows(MembershipEntity).find({ where: { role }, order: { joinedAt: 'DESC' } }));
  return rows[0]?.personId ?? never();
};
const fields: [string, string][] = [
  ['cost.read', 'never'],
  ['approve', 'upTo'],
  ['currency', 'USD'],
  ['amount', '1,500.50'],
  ['currency', 'AUD'],
  ['amount', ''],
];

describe('the page of a member', () => {
  it('sets limits, says them again, and records who set them', async () => {
    const id = await memberOf('member');
    const owner = await aKey('owner', {}, true);
    const ticked: [string, string][] = [...fields, ['customer', own.customerId], ['location', place]];
    expect((await change(owner, id, ticked)).status).toBe(303);
    const kept = await tx.run(tenantId, () => tx.rows(MembershipEntity).findOneByOrFail({ tenantId, personId: id }));
    expect(kept.limits).toEqual({
      adjusted: { 'cost.read': false },
      approveUpTo: { USD: '1500.50' },
      customers: [own.customerId],
      locations: [place],
    });
    const { text } = await owner('GET', `/settings/members/${id}`);
    expect(text).toContain(`value="${own.customerId}" checked`);
    expect(text).toContain('value="1500.50"');
    expect((await owner('GET', '/settings/members')).text).toContain('no costs · approves up to 1500.50 USD · 1 customer · 1 location');
    const events = await tx.run(tenantId, () => tx.rows(AuditEventEntity).findBy({ action: 'member.limits_changed', subjectId: id }));
    expect(events).toHaveLength(1);
  });

  it('is refused in words for what cannot be read, and for whom nobody may limit', async () => {
    const owner = await aKey('owner', {}, true);
    const wrong = await change(owner, await memberOf('member'), [
      ['approve', 'upTo'],
      ['currency', 'USD'],
      ['amount', 'lots'],
    ]);
    expect([wrong.status, wrong.text.includes('Write the amount in USD like 1000 or 1000.50.')]).toEqual([422, true]);
    expect(wrong.text).toContain('value="lots"');
    const code = await change(owner, await memberOf('member'), [
      ['approve', 'upTo'],
      ['currency', 'DOLLAR'],
      ['amount', '1'],
    ]);
    expect(code.text).toContain('three letters');
    const odd = await change(owner, await memberOf('member'), [['customer', 'no id']]);
    expect([odd.status, odd.text.includes('These limits cannot be kept')]).toEqual([422, true]);
    const top = await memberOf('owner');
    expect((await owner('GET', `/settings/members/${top}`)).text).toContain('An owner cannot be limited');
    expect((await change(owner, top, fields)).status).toBe(403);
  });

  it('finds customers by a part of their name, and keeps what was ticked', async () => {
    const admin = await aKey('admin', {}, true);
    const ask = new URLSearchParams({ find: own.customerName.slice(0, 6).toUpperCase(), customer: other.customerId });
    const { text } = await admin('POST', '/settings/members/customer-choices', ask);
    expect(text).toContain(`value="${other.customerId}" checked`);
    expect(text).toContain(`value="${own.customerId}">`);
    expect((await (await aKey('member', {}))('POST', '/settings/members/customer-choices', ask)).status).toBe(403);
    const limited = await aKey('admin', { customers: [own.customerId] });
    expect((await limited('POST', '/settings/members/customer-choices', new URLSearchParams({ find: '' }))).text).not.toContain(
      other.customerId,
    );
  });

  it('makes a key for one customer', async () => {
    const owner = await aKey('owner', {}, true);
    const wanted = new URLSearchParams({ name: 'One', role: 'member', preset: 'read', approve: 'upTo', customer: own.customerId });
    const { status } = await owner('POST', '/settings/api-keys', wanted);
    expect(status).toBe(200);
    const key = (await app.get(ApiKeys).list(tenantId)).find(({ name }) => name === 'One');
    expect(key?.limits).toMatchObject({ customers: [own.customerId], approveUpTo: {} });
    expect((await owner('GET', '/settings/api-keys')).text).toContain('approves nothing · 1 customer');
  });
});
