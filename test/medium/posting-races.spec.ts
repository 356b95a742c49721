/** Goal: two processes, two people and two tenants at the same moment still make exactly one of everything. Real Postgres, real sandboxes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Preparation } from '../../src/billing/posting/preparation.js';
import { Decisions } from '../../src/billing/review/decisions.js';
import { Vendors } from '../../src/connections/vendors.js';
import { Refusal } from '../../src/domain/refusal.js';
import { Money } from '../../src/domain/money.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { DuePostingRepository } from '../../src/billing/outbox/due-posting.repository.js';
import { PostingBatchRepository, type ReadyDocument } from '../../src/billing/outbox/posting-batch.repository.js';
import { connectTenant, openBilling, openStages, type Billing, type OpenedBilling } from '../support/billing.js';
import { booked, psaInvoices } from '../support/books.js';

let opened: OpenedBilling;
let here: Billing;
let there: Billing;
let other: TestingModule;

beforeAll(async () => {
  opened = await openBilling();
  here = opened.billing;
  other = await openStages(opened.database, opened.environment, here.clock);
  there = here.in(other);
});

afterAll(async () => {
  await other.close();
  await opened.close();
});

async function total(number: string): Promise<string> {
  const invoice = await here.invoice(number);
  return Money.of(invoice.total, invoice.currency).toText();
}

/** The due documents of a ledger as the sender has them directly before it begins a batch. */
async function prepared(ledger: 'quickbooks' | 'xero'): Promise<ReadyDocument[]> {
  const connectionId = here.connections[ledger];
  const due = await here.tx.run(here.tenantId, () => here.module.get(DuePostingRepository).documents(connectionId, false, 50));
  const opened = await here.module.get(Vendors).ledger(here.tenantId, connectionId, new AbortController().signal);
  return [...(await here.module.get(Preparation).prepare(here.tenantId, connectionId, opened.ledger, due)).values()];
}

/** Earlier tests left out some of theirs. */
async function live(number: string) {
  return (await here.postings(number, 'document')).filter(({ state }) => state !== 'skipped');
}

describe.each(['quickbooks', 'xero'] as const)('%s', (ledger) => {
  it('two processes that send at once send once', async () => {
    const numbers = await here.reviewable(ledger, 20);
    await here.approveForGood(...numbers);
    for (let round = 0; round < 6; round += 1) {
      await Promise.all([
        here.send(ledger),
        there.send(ledger),
        here.reconcile(ledger),
        there.reconcile(ledger),
        there.send('connectwise'),
      ]);
    }
    await here.drain();
    for (const number of numbers) {
      expect(await booked(here.sandboxes, number), number).toMatchObject([{ total: await total(number), attachments: 1 }]);
      expect(await here.postings(number, 'document')).toMatchObject([{ state: 'posted', attempts: 1 }]);
    }
  });

  it('an approval that is taken back while it is being sent is either taken back or sent', async () => {
    const numbers = await here.reviewable(ledger, 12);
    await here.approveForGood(...numbers);
    const ids = await Promise.all(numbers.map(async (number) => (await here.invoice(number)).id));
    const decisions = there.module.get(Decisions);
    const withdrawals = await Promise.all([
      here.send(ledger),
      ...ids.map(async (id, index) => {
        await sleep(index * 12);
        return await decisions.withdraw(here.owner, id).then(
          () => true,
          (error: unknown) => {
            if (error instanceof Refusal) return false;
            throw error;
          },
        );
      }),
    ]);
    await here.drain();
    for (const [index, number] of numbers.entries()) {
      const isWithdrawn = withdrawals[index + 1];
      expect((await here.invoice(number)).state, number).toBe(isWithdrawn ? 'in_review' : 'posted');
      expect(await booked(here.sandboxes, number), number).toHaveLength(isWithdrawn ? 0 : 1);
    }
  });

  it('an invoice that is edited and pulled while it is being sent is in the ledger as approved, or not at all', async () => {
    const numbers = await here.reviewable(ledger, 8);
    const before = new Map(await Promise.all(numbers.map(async (number) => [number, await total(number)] as const)));
    await here.approveForGood(...numbers);
    await Promise.all([
      here.send(ledger),
      (async () => {
        for (const number of numbers) {
          const lines = { products: [{ description: 'Late addition', quantity: 1, price: 33 }] };
          await here.control('connectwise', `/invoices/${number}`, { lines }, 'PATCH');
        }
        await there.pull();
      })(),
    ]);
    await here.drain();
    await here.pull();
    for (const number of numbers) {
      const invoice = await here.invoice(number);
      const held = await booked(here.sandboxes, number);
      if (invoice.state === 'posted') {
        expect(held, number).toMatchObject([{ total: before.get(number) }]);
        expect(await total(number)).toBe(before.get(number));
        expect(invoice.changedAfterPosting).toBe(true);
      } else {
        expect(invoice.state, number).toBe('in_review');
        expect(held, number).toEqual([]);
        expect(await total(number)).not.toBe(before.get(number));
      }
    }
  });

  it('an approval cannot be taken back, nor a charge changed, while its batch is being committed', async () => {
    const [number = '', edited = ''] = await here.reviewable(ledger, 2);
    await here.approveForGood(number, edited);
    const before = await total(edited);
    const lines = { products: [{ description: 'At the very moment', quantity: 1, price: 44 }] };
    const ready = await prepared(ledger);
    const committed = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const sending = here.tx.run(here.tenantId, async () => {
      await here.module.get(PostingBatchRepository).begin(here.connections[ledger], 'invoice', ready, 90_000);
      begun.resolve();
      await committed.promise;
    });
    await begun.promise;
    await here.control('connectwise', `/invoices/${edited}`, { lines }, 'PATCH');
    const withdrawal = there.module.get(Decisions).withdraw(here.owner, (await here.invoice(number)).id);
    const pull = there.pull();
    await sleep(500);
    committed.resolve();
    await expect(withdrawal).rejects.toThrow(/on its way/);
    await Promise.all([sending, pull]);
    expect((await here.invoice(number)).state).toBe('approved');
    expect(await here.invoice(edited)).toMatchObject({ state: 'approved', changedAfterPosting: true });
    expect(await total(edited)).toBe(before);
    // Nobody ever sent it: that process is gone.
    here.clock.advance(200_000);
    await here.drain();
    expect(await booked(here.sandboxes, number)).toHaveLength(1);
    expect(await booked(here.sandboxes, edited)).toMatchObject([{ total: before }]);
  });

  it('what was taken back while its batch was about to begin is not in it', async () => {
    const [number = ''] = await here.reviewable(ledger, 1);
    await here.approveForGood(number);
    const ready = await prepared(ledger);
    const { id } = await here.invoice(number);
    const withdrawn = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    const withdrawal = there.tx.run(here.tenantId, async () => {
      await there.module.get(Decisions).withdraw(here.owner, id);
      withdrawn.resolve();
      await committed.promise;
    });
    await withdrawn.promise;
    const begin = here.tx.run(here.tenantId, () =>
      here.module.get(PostingBatchRepository).begin(here.connections[ledger], 'invoice', ready, 90_000),
    );
    await sleep(300);
    committed.resolve();
    await withdrawal;
    expect(await begin).toBeUndefined();
    await here.drain();
    expect(await booked(here.sandboxes, number)).toEqual([]);
  });

  it('two people who approve at once plan one document', async () => {
    const [number = ''] = await here.reviewable(ledger, 1);
    const { id } = await here.invoice(number);
    const hash = await here.render(number);
    const someone: Principal = { ...here.owner, actor: { kind: 'api_key', id: uuidv7(), label: 'Another key' } };
    const results = await Promise.allSettled([
      here.module.get(Decisions).approve(here.owner, id, hash, true),
      there.module.get(Decisions).approve(someone, id, hash, true),
    ]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    here.clock.advance(10_500);
    await here.drain();
    expect(await booked(here.sandboxes, number)).toHaveLength(1);
    expect(await live(number)).toMatchObject([{ state: 'posted' }]);
  });

  it('the database itself takes no second live document of an invoice, whoever writes it', async () => {
    const [number = ''] = await here.reviewable(ledger, 1);
    await here.approve(number);
    const again = here.query(
      `insert into posting select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'intent_key', 'another'))).*
         from posting p join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
         where p.tenant_id = $1 and i.number = $2 and p.operation = 'document' and p.state = 'planned'`,
      [number],
    );
    await expect(again).rejects.toThrow(/posting_one_live_document/);
  });

  it('two readers of the ledger tell a payment once', async () => {
    const [number = ''] = await here.reviewable(ledger, 1);
    await here.approveForGood(number);
    await here.drain();
    await here.control(ledger, '/payments', { number, amount: '10.00', date: '2026-11-03' });
    here.clock.advance(2_000);
    await Promise.allSettled([here.run(ledger, 'settle'), there.run(ledger, 'settle')]);
    await Promise.all([here.send('connectwise'), there.send('connectwise')]);
    await here.drain();
    expect((await psaInvoices(here.sandboxes, number))[0]?.payments).toMatchObject([{ amount: '10.00' }]);
    expect((await psaInvoices(here.sandboxes, number))[0]?.payments).toHaveLength(1);
  });
});

describe('a second tenant on the same vendors', () => {
  it('neither touches nor sees what the first one has booked', async () => {
    const second = await connectTenant(other, opened.database, here.sandboxes, here.clock, 'Somebody else');
    await second.pull();
    const [number = ''] = await here.reviewable('xero', 1);
    await here.approveForGood(number);
    await here.drain();
    expect((await second.invoice(number)).state).toBe('in_review');
    expect(await second.postings(number)).toEqual([]);
    await second.approveForGood(number);
    await second.drain();
    expect(await booked(here.sandboxes, number)).toHaveLength(1);
    expect(await second.postings(number, 'document')).toMatchObject([
      { state: 'refused', cause: expect.stringContaining('is taken by another document') },
    ]);
    expect(await live(number)).toMatchObject([{ state: 'posted' }]);
    expect((await here.invoice(number)).state).toBe('posted');
  });
});

it('we never ran into a limit of a vendor', () => {
  const limited = Object.values(here.sandboxes).flatMap((sandbox) => sandbox.log.list().filter(({ status }) => status === 429));
  expect(limited.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});
