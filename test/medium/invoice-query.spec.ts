/** Goal: an invoice's page tells everything about it to those who may know it, to its own tenant alone. Real Postgres, as the app role. */
import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvoiceQuery } from '../../src/billing/queries/invoice-query.js';
import { Decisions } from '../../src/billing/review/decisions.js';
import { Reviewers } from '../../src/billing/review/reviewers.js';
import { documentLook } from '../../src/domain/document-look.js';
import { ROLES } from '../../src/domain/role.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { DOCUMENT_STORE, type DocumentStore } from '../../src/ports/document-store.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { PostingRepository } from '../../src/billing/outbox/posting.repository.js';
import { DocumentEntity } from '../../src/billing/documents/document.entity.js';
import { InvoiceEntity } from '../../src/billing/invoices/invoice.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aKey, aPerson, openReading } from '../support/queries.js';
import { aSeedInvoice, seedConnections, seedInvoices, type SeededSource } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

let database: TestDatabase;
let module: TestingModule;
let tx: TenantTransaction;
let reading: InvoiceQuery;
let source: SeededSource;
let admin: Principal;
let stranger: Principal;

beforeAll(async () => {
  database = await createTestDatabase();
  module = await openReading(database);
  tx = module.get(TenantTransaction);
  reading = module.get(InvoiceQuery);
  const here = await createTenant(database.ownerUrl, 'Here');
  source = await seedConnections(module, here);
  admin = aPerson(here, 'admin');
  stranger = aPerson(await createTenant(database.ownerUrl, 'There'), 'owner');
});

afterAll(async () => {
  await module.close();
  await database.drop();
});

async function seed(index: number, parts: Parameters<typeof aSeedInvoice>[1] = {}): Promise<string> {
  const record = aSeedInvoice(index, parts);
  const ids = await seedInvoices(module, source, [record]);
  return ids.get(record.invoice.content.number) ?? '';
}

/** As the renderer leaves it: bytes that are stored and named by their hash. */
async function storeDocument(invoiceId: string): Promise<string> {
  return await tx.run(source.tenantId, async () => {
    const invoice = await tx.rows(InvoiceEntity).findOneByOrFail({ tenantId: source.tenantId, id: invoiceId });
    const { sha256, size } = await module.get<DocumentStore>(DOCUMENT_STORE).put(Buffer.from(`%PDF of ${invoice.revisionId}`));
    const look = documentLook(1, invoice.locationExternalId);
    await tx.rows(DocumentEntity).insert({
      tenantId: source.tenantId,
      id: uuidv7(),
      invoiceId,
      revisionId: invoice.revisionId,
      look,
      sha256,
      pages: 1,
      size,
      positions: [],
      createdAt: new Date(),
    });
    return sha256;
  });
}

describe('InvoiceReading.one', () => {
  it('is not there for another tenant', async () => {
    const id = await seed(1);
    await expect(reading.one(stranger, id)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(reading.one(admin, uuidv7())).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('has the charge, both systems and the reviewers', async () => {
    const id = await seed(3);
    const detail = await reading.one(admin, id);
    expect(detail).toMatchObject({
      number: '10003',
      state: 'in_review',
      customer: { name: 'O’Brien “Quick” Logistics', email: 'accounts-103@client.example', party: { name: 'O’Brien “Quick” Logistics' } },
      location: { name: 'Tampa' },
      source: {
        connector: 'connectwise',
        label: 'ConnectWise PSA',
        link: 'https://psa.example/invoice/703',
        status: { name: 'New', closed: false },
      },
      ledger: { connector: 'xero', label: 'Xero' },
      reviewers: [{ name: 'Jo Díaz', email: 'jo@northlight.example', state: 'waiting' }],
      unread: true,
      revisions: [{ number: 1, current: true }],
    });
    expect(detail.whatChanged).toBeUndefined();
    expect(detail.lines.map((line) => [line.key, line.amount.amount, line.link])).toEqual([
      ['agreement:3', '875.00', 'https://psa.example/agreement/3'],
      ['time:90003', '206.25', undefined],
      ['product:3', '299.00', 'https://psa.example/product/3'],
    ]);
    await module.get(Reviewers).markViewed(admin, id);
    expect((await reading.one(admin, id)).unread).toBe(false);
    expect((await reading.one(aKey(source.tenantId, 'admin'), id)).unread).toBe(false);
  });

  it.each(ROLES)('shows cost and margin to %s only if the role has it', async (role) => {
    const id = await seed(4);
    const detail = await reading.one(aPerson(source.tenantId, role), id);
    const product = detail.lines.find((line) => line.key === 'product:4');
    if (role === 'read_only') {
      expect(JSON.stringify(detail)).not.toMatch(/320\.1|410\.00|21\.10|below|Below/);
      expect(detail).toMatchObject({
        showsCost: false,
        flags: [{ severity: 'error', rule: null, title: 'About cost', lineKey: 'product:4' }],
      });
    } else {
      expect(product).toMatchObject({
        cost: { amount: '320.10', currency: 'USD' },
        margin: { amount: '-21.10', currency: 'USD' },
        marginPercent: '-7.1',
      });
      expect(detail).toMatchObject({
        showsCost: true,
        flags: [{ rule: 'product-below-cost', message: expect.stringContaining('320.10 USD') }],
      });
    }
  });

  it('tells of approval, posting and refusal in order', async () => {
    const id = await seed(11);
    const sha256 = await storeDocument(id);
    expect((await reading.one(admin, id)).documentHash).toBe(sha256);
    await module.get(Decisions).approve(admin, id, sha256);
    const [posting] = (await reading.one(admin, id)).postings;
    await tx.run(source.tenantId, () => module.get(PostingRepository).refuseUnsent(posting?.id ?? '', 'Account 200 is archived.'));
    const detail = await reading.one(admin, id);
    expect(detail).toMatchObject({
      state: 'approved',
      approval: { documentHash: sha256, final: true, state: 'standing', by: { kind: 'person', label: 'admin of Northlight' } },
      postings: [
        {
          operation: 'document',
          state: 'refused',
          cause: 'Account 200 is archived.',
          number: '10011',
          connection: { label: 'Xero', account: 'Northlight books' },
          can: { retry: true },
        },
      ],
    });
    expect(detail.timeline.map((event) => event.at)).toEqual(detail.timeline.map((event) => event.at).toSorted());
    expect(detail.timeline.map((event) => [event.system, event.what])).toEqual([
      ['ConnectWise PSA', 'last changed in ConnectWise PSA (status New)'],
      ['Countersign', 'imported from ConnectWise PSA'],
      ['Countersign', 'approved it'],
      ['Xero', 'could not send the document to Xero'],
    ]);
  });

  it('compares a new charge with the one that was approved', async () => {
    const id = await seed(13);
    await module.get(Decisions).approve(admin, id, await storeDocument(id));
    await seed(13, { content: { dueDate: '2027-01-31' } });
    await seed(13, { content: { dueDate: '2027-02-28', purchaseOrder: 'PO-9' } });
    const detail = await reading.one(admin, id);
    expect(detail).toMatchObject({ state: 'in_review', revisions: [{ current: false }, { current: false }, { number: 3, current: true }] });
    expect(detail.approval).toBeUndefined();
    expect(detail.whatChanged).toMatchObject({
      because: 'since-approval',
      before: { number: 1 },
      after: { number: 3 },
      approval: { by: 'admin of Northlight', endedBecause: 'The invoice changed after it was approved.' },
      changes: [
        { what: 'Due date', after: '2027-02-28' },
        { kind: 'added', what: 'Purchase order', after: 'PO-9' },
      ],
    });
  });

  it('compares with the revision before where nobody had approved, and with the books after posting', async () => {
    const id = await seed(14);
    await seed(14, { content: { terms: 'Net 15' } });
    expect((await reading.one(admin, id)).whatChanged).toMatchObject({
      because: 'since-previous',
      changes: [{ what: 'Terms', before: 'Net 30', after: 'Net 15' }],
    });
    await module.get(Decisions).approve(admin, id, await storeDocument(id));
    const [posting] = (await reading.one(admin, id)).postings;
    await tx.run(source.tenantId, async () => {
      await tx.execute("update posting set state = 'sending', sent_number = '10014' where tenant_id = $1 and id = $2", [
        source.tenantId,
        posting?.id,
      ]);
      await module
        .get(PostingRepository)
        .apply(posting?.id ?? '', { state: 'posted', externalId: 'x-1', link: 'https://ledger.example/x-1' });
      await tx.execute("update invoice set state = 'posted' where tenant_id = $1 and id = $2", [source.tenantId, id]);
    });
    await seed(14, { content: { terms: 'Net 60' } });
    expect(await reading.one(admin, id)).toMatchObject({
      state: 'posted',
      changedAfterPosting: true,
      terms: 'Net 15',
      ledger: { link: 'https://ledger.example/x-1' },
      postings: [{ links: [{ label: 'Xero', href: 'https://ledger.example/x-1' }, { label: 'ConnectWise PSA' }] }],
      whatChanged: {
        because: 'after-posting',
        before: { number: 2 },
        after: { number: 3 },
        changes: [{ before: 'Net 15', after: 'Net 60' }],
      },
    });
  });

  it('takes the balance from the row, which moves without a revision', async () => {
    const id = await seed(15);
    await seed(15, { context: { balance: '10.5' } });
    const detail = await reading.one(admin, id);
    expect(detail).toMatchObject({ balance: { amount: '10.50', currency: 'USD' }, revisions: [{ number: 1 }] });
  });

  it('shows a rejection as long as it is in force', async () => {
    const id = await seed(16);
    await module.get(Decisions).reject(admin, id, 'Wrong hours');
    expect((await reading.one(admin, id)).rejection).toMatchObject({ by: 'admin of Northlight', reason: 'Wrong hours' });
    await module.get(Decisions).reopen(admin, id);
    expect((await reading.one(admin, id)).rejection).toBeUndefined();
  });

  it('never shows an invoice that does not add up', async () => {
    const id = await seed(17);
    await tx.run(source.tenantId, () =>
      tx.execute(
        `with made as (insert into invoice_revision (tenant_id, id, invoice_id, number, content_hash, content, created_at)
           select tenant_id, gen_random_uuid(), invoice_id, 2, content_hash, jsonb_set(content, '{tax}', '"999"'), now() from invoice_revision where tenant_id = $1 and invoice_id = $2 returning id)
         update invoice set revision_id = made.id from made where tenant_id = $1 and invoice.id = $2`,
        [source.tenantId, id],
      ),
    );
    await expect(reading.one(admin, id)).rejects.toThrow('parts sum to');
  });
});
