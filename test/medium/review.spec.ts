/** Goal: an invoice is approved by those who must, for exactly the document they saw, and the PSA is told what was decided. Real Postgres, real sandboxes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Decisions } from '../../src/billing/review/decisions.js';
import { FlagDismissals } from '../../src/billing/review/flag-dismissals.js';
import { Reviewers } from '../../src/billing/review/reviewers.js';
import type { Role } from '../../src/domain/role.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { openBilling, type Billing, type OpenedBilling } from '../support/billing.js';
import { psaInvoices } from '../support/books.js';

let opened: OpenedBilling;
let billing: Billing;
let decisions: Decisions;
let reviewersOf: Reviewers;

beforeAll(async () => {
  opened = await openBilling();
  billing = opened.billing;
  decisions = billing.module.get(Decisions);
  reviewersOf = billing.module.get(Reviewers);
});

afterAll(async () => {
  await opened.close();
});

function person(name: string, role: Role = 'member'): Principal {
  const personId = uuidv7();
  return { tenantId: billing.tenantId, role, email: `${name}@example.com`, personId, actor: { kind: 'person', id: personId, label: name } };
}

/** An open invoice whose only reviewers are these. */
async function forReview(...reviewers: Principal[]): Promise<{ id: string; number: string; hash: string }> {
  const [number = ''] = await billing.reviewable('xero', 1);
  const { id } = await billing.invoice(number);
  await billing.query('delete from reviewer where tenant_id = $1 and invoice_id = $2', [id]);
  for (const { email = '', actor } of reviewers) await reviewersOf.add(billing.owner, id, { email, name: actor.label });
  return { id, number, hash: await billing.render(number) };
}

const stateOf = async (number: string) => (await billing.invoice(number)).state;

describe('approval', () => {
  it('needs every reviewer, and plans one posting when the last one has approved', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const { id, number, hash } = await forReview(ann, bob);
    expect(await decisions.approve(ann, id, hash)).toMatchObject({ final: false, posting: 'waits-for-reviewers' });
    expect(await stateOf(number)).toBe('in_review');
    expect(await billing.postings(number)).toEqual([]);
    await expect(decisions.approve(ann, id, hash)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await decisions.approve(bob, id, hash)).toMatchObject({ final: true, posting: 'planned' });
    expect(await stateOf(number)).toBe('approved');
    expect((await billing.postings(number)).map(({ operation, state }) => `${operation} ${state}`)).toEqual([
      'document planned',
      'status planned',
    ]);
  });

  it('is not for somebody who is no reviewer, unless an Admin approves for all', async () => {
    const { id, number, hash } = await forReview(person('ann'));
    await expect(decisions.approve(person('stranger'), id, hash)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await decisions.approve(person('admin', 'admin'), id, hash)).toMatchObject({ final: true });
    expect(await stateOf(number)).toBe('approved');
  });

  it('that one of two takes back leaves the other standing, and both can go on from there', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const { id, number, hash } = await forReview(ann, bob);
    await decisions.approve(ann, id, hash);
    await decisions.approve(bob, id, hash);
    await decisions.withdraw(ann, id);
    expect(await stateOf(number)).toBe('in_review');
    expect(
      await billing.query('select approved_by_label as by, final from approval where tenant_id = $1 and invoice_id = $2 and state = $3', [
        id,
        'standing',
      ]),
    ).toEqual([{ by: 'bob', final: false }]);
    expect(await decisions.approve(ann, id, hash)).toMatchObject({ final: true, posting: 'planned' });
    await decisions.withdraw(person('admin', 'admin'), id);
    expect(await decisions.approve(person('admin', 'admin'), id, hash)).toMatchObject({ final: true });
  });

  it('of a document that changed is refused with the present one', async () => {
    const { id, number, hash } = await forReview();
    await billing.control('connectwise', `/invoices/${number}`, { topComment: 'Changed while somebody looked' }, 'PATCH');
    await billing.pull();
    const present = await billing.render(number);
    expect(present).not.toBe(hash);
    await expect(decisions.approve(billing.owner, id, hash)).rejects.toMatchObject({ kind: 'conflict', facts: { documentHash: present } });
    expect(await decisions.approve(billing.owner, id, present)).toMatchObject({ final: true });
  });

  it('that is taken back after the PSA was told tells it so', async () => {
    const { id, number, hash } = await forReview();
    await decisions.approve(billing.owner, id, hash);
    billing.clock.advance(10_500);
    await billing.send('connectwise');
    expect((await psaInvoices(billing.sandboxes, number))[0]?.status).toBe('Ready to Send');
    await decisions.withdraw(billing.owner, id);
    await billing.drain();
    expect(await stateOf(number)).toBe('in_review');
    expect(await billing.postings(number, 'document')).toMatchObject([{ state: 'skipped' }]);
  });
});

describe('the list of reviewers', () => {
  const seats = async (id: string) =>
    await billing.query<{ id: string; name: string; decision: string }>(
      'select id, name, decision from reviewer where tenant_id = $1 and invoice_id = $2 order by name',
      [id],
    );
  const seatOf = async (id: string, name: string) => (await seats(id)).find((seat) => seat.name === name)?.id ?? '';

  it('is nothing that a Member shortens so that their own approval counts', async () => {
    const [ann, mallory] = [person('ann'), person('mallory')];
    const { id, number, hash } = await forReview(ann);
    await expect(reviewersOf.remove(mallory, id, await seatOf(id, 'ann'))).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(decisions.approve(mallory, id, hash)).rejects.toMatchObject({ kind: 'forbidden' });
    await reviewersOf.add(mallory, id, { email: mallory.email ?? '', name: 'mallory' });
    expect(await decisions.approve(mallory, id, hash)).toMatchObject({ final: false });
    await expect(reviewersOf.remove(mallory, id, await seatOf(id, 'ann'))).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await stateOf(number)).toBe('in_review');
    expect(
      await billing.query(`select id from audit_event where tenant_id = $1 and subject_id = $2 and action = 'reviewer.removed'`, [id]),
    ).toEqual([]);
  });

  it('is shortened by an Admin or by who stands on it, which is recorded, and asks who is left once more', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const { id, number, hash } = await forReview(ann, bob);
    await decisions.approve(bob, id, hash);
    await reviewersOf.remove(ann, id, await seatOf(id, 'ann'));
    expect(await stateOf(number)).toBe('in_review');
    expect(await seats(id)).toMatchObject([{ name: 'bob', decision: 'waiting' }]);
    expect(await decisions.approve(bob, id, hash)).toMatchObject({ final: true });
    expect(
      await billing.query(
        `select actor_label as by, before ->> 'name' as who from audit_event where tenant_id = $1 and subject_id = $2 and action = $3`,
        [id, 'reviewer.removed'],
      ),
    ).toEqual([{ by: 'ann', who: 'ann' }]);
    await expect(reviewersOf.remove(billing.owner, id, await seatOf(id, 'bob'))).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('is not touched by support of the operator, whatever role it was let in with', async () => {
    const { id } = await forReview(person('ann'));
    const support: Principal = { ...person('support', 'admin'), actor: { kind: 'operator', id: uuidv7(), label: 'Support' } };
    await expect(reviewersOf.remove(support, id, await seatOf(id, 'ann'))).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('is taken as it is when the lock was won, by two who change it and approve at once', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [ann, bob] = [person('ann'), person('bob')];
      const { id, number, hash } = await forReview(ann, bob);
      const annsSeat = await seatOf(id, 'ann');
      const [removed, approved] = await Promise.allSettled([
        reviewersOf.remove(billing.owner, id, annsSeat),
        decisions.approve(bob, id, hash),
      ]);
      expect(removed.status).toBe('fulfilled');
      // Either bob was first and is asked once more, or he was second and had the last word.
      const isFinal = approved.status === 'fulfilled' && approved.value.final;
      expect(await stateOf(number)).toBe(isFinal ? 'approved' : 'in_review');
      expect(await seats(id)).toMatchObject([{ name: 'bob', decision: isFinal ? 'approved' : 'waiting' }]);
    }
  });
});

describe('rejection', () => {
  it('is told to the PSA once its undo time is over, and can be taken back', async () => {
    const { id, number } = await forReview();
    const before = (await psaInvoices(billing.sandboxes, number))[0]?.status;
    await decisions.reject(billing.owner, id, 'Hours are wrong');
    await billing.send('connectwise');
    expect((await psaInvoices(billing.sandboxes, number))[0]?.status).toBe(before);
    await decisions.reopen(billing.owner, id);
    billing.clock.advance(20_000);
    await billing.drain();
    expect((await psaInvoices(billing.sandboxes, number))[0]?.status).toBe(before);
    await decisions.reject(billing.owner, id, 'Hours are wrong after all');
    billing.clock.advance(10_500);
    await billing.drain();
    expect((await psaInvoices(billing.sandboxes, number))[0]?.status).not.toBe(before);
    expect(await stateOf(number)).toBe('rejected');
    await expect(decisions.approve(billing.owner, id, await billing.render(number))).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('a flag that was marked as fine', () => {
  it('stays so over another pull, and its count is gone from the list', async () => {
    const [flag] = await billing.query<{ id: string; invoiceId: string; number: string }>(
      `select f.id, f.invoice_id as "invoiceId", i.number from flag f join invoice i on i.tenant_id = f.tenant_id and i.id = f.invoice_id
       where f.tenant_id = $1 and f.rule = 'product-below-cost' limit 1`,
    );
    const { openErrors, openWarnings, openInfos } = await billing.invoice(flag?.number ?? '');
    await billing.module.get(FlagDismissals).set(billing.owner, flag?.invoiceId ?? '', flag?.id ?? '', true);
    await billing.control('connectwise', `/invoices/${flag?.number}`, { topComment: 'Looked at' }, 'PATCH');
    await billing.pull();
    const after = await billing.invoice(flag?.number ?? '');
    expect(after.openErrors + after.openWarnings + after.openInfos).toBe(openErrors + openWarnings + openInfos - 1);
  });
});
