import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiModule } from '../../src/api/api.module.js';
import { NO_LIMITS, type Limits } from '../../src/domain/access.js';
import { permissionsOf, type Role } from '../../src/domain/role.js';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { Cookies } from '../../src/identity/cookies.js';
import { newSecret, sha256 } from '../../src/identity/secret.js';
import { PersonRepository } from '../../src/identity/person.repository.js';
import { SessionRepository } from '../../src/identity/session.repository.js';
import { MembershipEntity } from '../../src/identity/membership.entity.js';
import { InvoiceEntity } from '../../src/billing/invoices/invoice.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase } from './database.js';
import { startPages } from './pages.js';
import { aSeedInvoice, seedConnections, seedInvoices } from './seed-invoices.js';
import { createTenant } from './tenant.js';

/** The cost of one product of every invoice but the clean one: it stands in no answer to somebody without `cost.read`. */
const COST = '98765.43';
const CLEAN = 11;
const MELBOURNE = { externalId: '2', name: 'Melbourne' };

export type Ask = (
  method: string,
  path: string,
  form?: URLSearchParams | FormData,
  more?: Record<string, string>,
) => Promise<{ status: number; text: string; bytes: Buffer }>;

/** The pages and the API of a tenant with invoices of several customers at two locations, and people and keys that are limited. */
export interface LimitedPages {
  app: NestExpressApplication;
  tenantId: string;
  tx: TenantTransaction;
  invoices: InvoiceEntity[];
  own: InvoiceEntity;
  /** Of another customer and another location than `own`. */
  other: InvoiceEntity;
  /** As `other`, and as it was sold, without a warning, so that it could be approved in bulk. */
  clean: InvoiceEntity;
  /** The location of `own`, as limits name it. */
  place: string;
  aSession: (role: Role, limits: Partial<Limits>) => Promise<Ask>;
  aKey: (role: Role, limits: Partial<Limits>, withCost?: boolean) => Promise<Ask>;
  close: () => Promise<void>;
}

export async function openLimitedPages(): Promise<LimitedPages> {
  const database = await createTestDatabase();
  const { app, url } = await startPages(database, {}, [ApiModule]);
  const tx = app.get(TenantTransaction);
  const tenantId = await createTenant(database.ownerUrl, 'Here');
  const invoices = await seeded(app, tx, tenantId);
  const own = invoices[0] ?? never();
  const isForeign = (row: InvoiceEntity) => row.customerId !== own.customerId && row.locationExternalId !== own.locationExternalId;
  return {
    app,
    tenantId,
    tx,
    invoices,
    own,
    other: invoices.find(isForeign) ?? never(),
    clean: invoices.filter(isForeign).find(({ number }) => number === String(10_000 + CLEAN)) ?? never(),
    place: `${own.connectionId}/${own.locationExternalId}`,
    aSession: async (role, limits) => {
      const personId = await app.get(PersonRepository).create('Pat', new Date());
      const member = { tenantId, personId, email: `${personId}@a.example`, name: 'Pat', role, joinedAt: new Date() };
      await tx.run(tenantId, () => tx.rows(MembershipEntity).insert({ ...member, limits: { ...NO_LIMITS, ...limits } }));
      const secret = newSecret();
      const expiresAt = new Date(Date.now() + 3_600_000);
      await app.get(SessionRepository).open({ idHash: sha256(secret), personId, tenantId, at: new Date(), expiresAt, replaces: null });
      return asking(url, { cookie: `${app.get(Cookies).name('session')}=${secret}`, 'sec-fetch-site': 'same-origin' });
    },
    aKey: async (role, limits, withCost = false) => {
      const scopes = permissionsOf(role).filter((permission) => withCost || permission !== 'cost.read');
      const by = { kind: 'operator' as const, id: 'test', label: 'Test' };
      const { key } = await app.get(ApiKeys).create(tenantId, by, { name: newSecret(), role, scopes, limits });
      return asking(url, { authorization: `Bearer ${key}` });
    },
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}

async function seeded(app: NestExpressApplication, tx: TenantTransaction, tenantId: string): Promise<InvoiceEntity[]> {
  const source = await seedConnections(app, tenantId);
  await tx.run(tenantId, () =>
    tx.execute('insert into location (tenant_id, source_connection_id, external_id, name) values ($1, $2, $3, $4)', [
      tenantId,
      source.connectionId,
      MELBOURNE.externalId,
      MELBOURNE.name,
    ]),
  );
  const records = Array.from({ length: 12 }, (_, index) => aSeedInvoice(index, index >= 6 ? { context: { location: MELBOURNE } } : {}));
  for (const [index, { invoice }] of records.entries()) {
    const facts = invoice.context.lineFacts[`product:${index}`];
    if (facts && index !== CLEAN) facts.cost = COST;
    invoice.context.routing = [];
  }
  await seedInvoices(app, source, records);
  return await tx.run(tenantId, () => tx.rows(InvoiceEntity).find({ order: { number: 'ASC' } }));
}

export function never(): never {
  throw new Error('The seed holds invoices of two customers at two locations');
}

function asking(url: string, headers: Record<string, string>): Ask {
  return async (method, path, form, more = {}) => {
    const answer = await fetch(url + path, { method, redirect: 'manual', headers: { ...headers, ...more }, ...(form && { body: form }) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, text: bytes.toString('utf8'), bytes };
  };
}
