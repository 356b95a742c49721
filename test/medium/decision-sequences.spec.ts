/** Goal: the service and Postgres come to what domain/approval-decisions.ts says, whatever is decided in whatever order. Every sequence of four over two reviewers, each in a transaction that is rolled back. */
import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandingApprovals } from '../../src/billing/invoices/standing-approvals.js';
import { Decisions } from '../../src/billing/review/decisions.js';
import { deciderOf } from '../../src/billing/review/open-reviews.js';
import { Reviewers } from '../../src/billing/review/reviewers.js';
import { decide, type Decision, type Review } from '../../src/domain/approval-decisions.js';
import { documentLook } from '../../src/domain/document-look.js';
import { Refusal } from '../../src/domain/refusal.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { DOCUMENT_STORE, type DocumentStore } from '../../src/ports/document-store.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { DocumentEntity } from '../../src/billing/documents/document.entity.js';
import { InvoiceEntity } from '../../src/billing/invoices/invoice.entity.js';
import { BrandEntity } from '../../src/billing/documents/brand.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aPerson, openReading } from '../support/queries.js';
import { aSeedInvoice, seedConnections, seedInvoices } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

/** One thing that is done: to the service, and to the domain's review. */
interface Step {
  name: string;
  service: (id: string, hash: string) => Promise<unknown>;
  domain: Decision;
}

let database: TestDatabase;
let module: TestingModule;
let tx: TenantTransaction;
let tenantId: string;
let id: string;
let hash: string;
let people: { ann: Principal; bob: Principal; admin: Principal };
let seats: { ann: string; bob: string };

beforeAll(async () => {
  database = await createTestDatabase();
  module = await openReading(database);
  tx = module.get(TenantTransaction);
  tenantId = await createTenant(database.ownerUrl, 'Northlight');
  const record = aSeedInvoice(1);
  [id = ''] = (await seedInvoices(module, await seedConnections(module, tenantId), [record])).values();
  people = {
    ann: aPerson(tenantId, 'member', 'ann@northlight.example'),
    bob: aPerson(tenantId, 'member', 'bob@northlight.example'),
    admin: aPerson(tenantId, 'admin'),
  };
  for (const { email = '', actor } of [people.ann, people.bob])
    await module.get(Reviewers).add(people.admin, id, { email, name: actor.label });
  await tx.run(tenantId, async () => {
    const invoice = await tx.rows(InvoiceEntity).findOneByOrFail({ tenantId, id });
    const { version } = await tx.rows(BrandEntity).findOneByOrFail({ tenantId });
    const bytes = Buffer.from('%PDF-1.7');
    ({ sha256: hash } = await module.get<DocumentStore>(DOCUMENT_STORE).put(bytes));
    await tx.rows(DocumentEntity).insert({
      tenantId,
      id: uuidv7(),
      invoiceId: id,
      revisionId: invoice.revisionId,
      look: documentLook(version, invoice.locationExternalId),
      sha256: hash,
      pages: 1,
      size: bytes.length,
      positions: [],
      createdAt: new Date(),
    });
    const rows = await tx.query<{ id: string; email: string }>('select id, email from reviewer where tenant_id = $1', [tenantId]);
    const seat = (email: string) => rows.find((row) => row.email === email)?.id ?? '';
    seats = { ann: seat('ann@northlight.example'), bob: seat('bob@northlight.example') };
  });
}, 120_000);
afterAll(async () => {
  await module.close();
  await database.drop();
});

function steps(): Step[] {
  const decisions = module.get(Decisions);
  const reviewers = module.get(Reviewers);
  const { ann, bob, admin } = people;
  const approve = (name: string, by: Principal): Step => ({
    name: `${name} approves`,
    service: (invoice, document) => decisions.approve(by, invoice, document),
    domain: { what: 'approve', by: deciderOf(by), consentId: `of ${name}`, forAll: false },
  });
  const withdraw = (name: string, by: Principal): Step => ({
    name: `${name} withdraws`,
    service: (invoice) => decisions.withdraw(by, invoice),
    domain: { what: 'withdraw', by: deciderOf(by) },
  });
  const because = 'It changed.';
  return [
    approve('ann', ann),
    approve('bob', bob),
    approve('admin', admin),
    withdraw('ann', ann),
    withdraw('admin', admin),
    { name: 'ann rejects', service: (invoice) => decisions.reject(ann, invoice, 'No'), domain: { what: 'reject', by: deciderOf(ann) } },
    { name: 'bob reopens', service: (invoice) => decisions.reopen(bob, invoice), domain: { what: 'reopen' } },
    {
      name: 'the admin takes ann off',
      service: (invoice) => reviewers.remove(admin, invoice, seats.ann),
      domain: { what: 'remove_reviewer', by: deciderOf(admin), reviewerId: seats.ann },
    },
    {
      name: 'ann takes bob off',
      service: (invoice) => reviewers.remove(ann, invoice, seats.bob),
      domain: { what: 'remove_reviewer', by: deciderOf(ann), reviewerId: seats.bob },
    },
    {
      name: 'the charge changes',
      service: (invoice) => module.get(StandingApprovals).lapse([invoice], because),
      domain: { what: 'revise', because },
    },
  ];
}

/** As far as both can be compared: ids of approvals are the service's own. */
function plain({ state, reviewers, consents }: Pick<Review, 'state' | 'reviewers' | 'consents'>): unknown {
  const names = new Map([seats.ann, seats.bob].map((seat, index) => [seat, index === 0 ? 'ann' : 'bob']));
  return {
    state,
    reviewers: reviewers.map((seat) => `${names.get(seat.id)} ${seat.decision}`).toSorted(),
    consents: consents
      .map(({ by, reviewerId, forAll, final }) => ({ by, seat: reviewerId && names.get(reviewerId), forAll, final }))
      .toSorted((a, b) => (a.by < b.by ? -1 : 1)),
  };
}

/** Read by itself, not by what the service reads with. */
async function stored(): Promise<unknown> {
  const [row] = await tx.query<Pick<Review, 'state' | 'reviewers' | 'consents'>>(
    `select i.state,
       (select coalesce(json_agg(json_build_object('id', r.id, 'decision', r.decision)), '[]') from reviewer r
         where r.tenant_id = i.tenant_id and r.invoice_id = i.id) as reviewers,
       (select coalesce(json_agg(json_build_object('by', a.approved_by_kind || ' ' || a.approved_by_id, 'reviewerId', a.reviewer_id,
           'forAll', a.for_all, 'final', a.final)), '[]') from approval a
         where a.tenant_id = i.tenant_id and a.invoice_id = i.id and a.state = 'standing') as consents
     from invoice i where i.tenant_id = $1 and i.id = $2`,
    [tenantId, id],
  );
  return row && plain(row);
}

/** The review, or that it was refused; anything else that is thrown fails the test. */
async function answer<T>(work: () => T | Promise<T>): Promise<T | 'refused'> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return 'refused';
    throw error;
  }
}

/** Goes down every way of `length` steps, with a savepoint before each. Answers how many ways it went. */
async function walk(all: readonly Step[], length: number, review: Review, way: readonly string[]): Promise<number> {
  if (length === 0) return 1;
  let ways = 0;
  for (const step of all) {
    const here = [...way, step.name];
    await tx.query(`savepoint before_${length}`);
    const expected = await answer(() => decide(review, step.domain).review);
    const got = await answer(() => step.service(id, hash));
    expect(got === 'refused', here.join(', ')).toBe(expected === 'refused');
    const after = expected === 'refused' ? review : expected;
    expect(await stored(), here.join(', ')).toEqual(plain(after));
    // What was refused is tried no further: it changed nothing, which was just looked at.
    ways += expected === 'refused' ? 1 : await walk(all, length - 1, after, here);
    await tx.query(`rollback to savepoint before_${length}`);
  }
  return ways;
}

describe('every sequence of four decisions over two reviewers and an Admin', () => {
  it('ends in the service as in the domain, and is never anything but done or refused', async () => {
    const seat = (reviewerId: string, email: string) => ({ id: reviewerId, email, decision: 'waiting' as const });
    const start: Review = {
      state: 'in_review',
      voidCause: null,
      sent: false,
      consents: [],
      reviewers: [seat(seats.ann, people.ann.email ?? ''), seat(seats.bob, people.bob.email ?? '')],
    };
    const rolledBack = new Error('Rolled back');
    let ways = 0;
    await expect(
      tx.run(tenantId, async () => {
        expect(await stored()).toEqual(plain(start));
        ways = await walk(steps(), 4, start, []);
        throw rolledBack;
      }),
    ).rejects.toBe(rolledBack);
    expect(ways).toBeGreaterThan(500);
  }, 600_000);
});
