import { describe, expect, it } from 'vitest';
import type { ListedEvent } from './audit-query.js';
import type { PostingItem } from './posting-query.js';
import { timeline, type TimelineFacts } from './timeline.js';

const link = { label: 'Books', href: 'https://ledger.example/1' };

function anEvent(at: string, action: string, after: object | null = null, over: Partial<ListedEvent> = {}): ListedEvent {
  return {
    id: at,
    at: new Date(at),
    atKey: at,
    actorKind: 'person',
    actorId: 'p',
    actorLabel: 'Jo',
    action,
    subjectKind: 'invoice',
    subjectId: 'i',
    before: null,
    after,
    sourceIp: null,
    category: 'business',
    ...over,
  };
}

function aPosting(over: Partial<PostingItem> = {}): PostingItem {
  return {
    id: 'x',
    operation: 'document',
    state: 'posted',
    connection: { id: 'c', connector: 'ledger', label: 'Books', account: 'Main' },
    attempts: 1,
    notBefore: '2026-11-05T10:00:10.000Z',
    sentAt: '2026-11-05T10:00:11.000Z',
    createdAt: '2026-11-05T10:00:00.000Z',
    updatedAt: '2026-11-05T10:00:12.000Z',
    createdBy: 'Jo',
    links: [link],
    can: { retry: false, skip: false, postNow: false },
    ...over,
  };
}

function told(over: Partial<TimelineFacts>): ReturnType<typeof timeline> {
  const facts: TimelineFacts = {
    source: { label: 'PSA', link: 'https://psa.example/1', statusName: 'New' },
    ledger: 'Books',
    firstSeenAt: '2026-11-05T09:00:00.000Z',
    sourceUpdatedAt: '2026-11-04T09:00:00.000Z',
    events: [],
    postings: [],
    showCost: true,
    ...over,
  };
  return timeline(facts);
}

describe('timeline', () => {
  it('puts all systems into one order, oldest first', () => {
    const events = [
      anEvent('2026-11-05T10:00:00.000Z', 'invoice.approved', { forAll: true }),
      anEvent('2026-11-05T10:00:12.000Z', 'posting.posted', { externalId: '1' }, { actorLabel: 'Countersign' }),
      anEvent(
        '2026-11-09T08:00:00.000Z',
        'payment.received',
        { amount: '120.00', currency: 'USD', date: '2026-11-08' },
        { actorLabel: 'Countersign' },
      ),
    ];
    expect(
      told({ events, postings: [aPosting()] }).map(({ system, actor, what, link: to }) => [system, `${actor} ${what}`, to?.href]),
    ).toEqual([
      ['PSA', 'PSA last changed in PSA (status New)', 'https://psa.example/1'],
      ['Countersign', 'Countersign imported from PSA', 'https://psa.example/1'],
      ['Countersign', 'Jo approved it without the other reviewers', undefined],
      ['Books', 'Countersign posted to Books', link.href],
      ['Books', 'Countersign received a payment of $120.00, dated 8 Nov 2026', undefined],
    ]);
  });

  it.each([
    ['planned', 'planned to send the document to Books', '2026-11-05T10:00:00.000Z'],
    ['sending', 'is sending the document to Books', '2026-11-05T10:00:00.000Z'],
    ['refused', 'could not send the document to Books', '2026-11-05T10:00:12.000Z'],
    ['unknown', 'got no answer about the document and is checking in Books whether it arrived', '2026-11-05T10:00:12.000Z'],
    ['voided', 'found the document voided in Books', '2026-11-05T10:00:12.000Z'],
  ] as const)('tells of a %s posting that no event tells of', (state, what, at) => {
    expect(told({ postings: [aPosting({ state, cause: 'Because.' })] })).toContainEqual(
      expect.objectContaining({ what, at, quote: 'Because.', system: 'Books' }),
    );
  });

  it.each<[Partial<PostingItem>, string]>([
    [{ operation: 'contact', name: 'Coral Sea Tours' }, 'added the customer “Coral Sea Tours” in Books'],
    [{ operation: 'item', name: 'Services' }, 'added the item “Services” in Books'],
    [{ operation: 'attachment', number: '1042' }, 'attached the PDF of 1042 in Books'],
    [{ operation: 'attachment', number: '1042', state: 'planned' }, 'planned to send the PDF of 1042 to Books'],
    [{ operation: 'item' }, 'added the item in Books'],
  ])('names what was written (%#)', (over, what) => {
    expect(told({ postings: [aPosting(over)] }).at(-1)?.what).toBe(what);
  });

  it('names it too where the audit trail tells of it', () => {
    const events = [anEvent('2026-11-05T10:00:12.000Z', 'posting.attachment_posted')];
    const told1042 = told({ events, postings: [aPosting({ operation: 'attachment', number: '1042' })] });
    expect(told1042.map(({ what }) => what)).toContain('attached the PDF of 1042 in Books');
  });

  it('does not tell the same outcome twice, and keeps an older one', () => {
    const refused = anEvent('2026-11-05T10:00:05.000Z', 'posting.refused', { cause: 'Archived.' }, { actorLabel: 'Countersign' });
    const posted = anEvent('2026-11-05T10:00:12.000Z', 'posting.posted', {}, { actorLabel: 'Countersign' });
    expect(
      told({ events: [refused, posted], postings: [aPosting()] })
        .filter((event) => event.system === 'Books')
        .map((event) => event.kind),
    ).toEqual(['refused', 'posted']);
  });

  it('calls a posting skipped by a person theirs', () => {
    const events = [anEvent('2026-11-05T10:00:12.000Z', 'posting.skipped', { reason: 'Booked by hand' })];
    expect(told({ events, postings: [aPosting({ state: 'skipped', sentAt: undefined })] }).at(-1)).toMatchObject({
      actor: 'Jo',
      what: 'skipped the posting',
      quote: 'Booked by hand',
    });
  });

  it.each([
    [true, 'marked the flag “Below cost” as OK'],
    [false, 'marked a flag as OK'],
  ])('names a flag to those who may see cost: %s', (showCost, what) => {
    expect(told({ showCost, events: [anEvent('2026-11-05T10:00:00.000Z', 'flag.dismissed', { title: 'Below cost' })] }).at(-1)?.what).toBe(
      what,
    );
  });

  it.each([
    ['approval.given', null, null, 'approved it; other reviewers still have to'],
    ['invoice.approved', { forAll: false }, null, 'approved it'],
    ['approval.withdrawn', null, null, 'withdrew the approval'],
    ['approval.lapsed', { because: 'It changed.' }, null, 'ended the approval'],
    ['invoice.rejected', { reason: 'No.' }, null, 'rejected it'],
    ['invoice.reopened', null, null, 'put it back into review'],
    ['invoice.revised', { revision: 2 }, null, 'imported a change: revision 2'],
    ['invoice.deleted_at_source', null, null, 'found it deleted there'],
    ['invoice.voided_in_ledger', null, null, 'found it voided there'],
    ['flag.restored', { title: 'No notes' }, null, 'opened the flag “No notes” again'],
    ['reviewer.added', { name: 'Mia' }, null, 'added Mia as reviewer'],
    ['reviewer.removed', null, { name: 'Mia' }, 'removed Mia as reviewer'],
    ['posting.retried', null, null, 'retried the posting'],
    ['posting.hurried', null, null, 'asked to post it now'],
    ['posting.assigned', { to: 'Mia' }, null, 'assigned the posting to Mia'],
    ['posting.assigned', { to: null }, null, 'unassigned the posting'],
    ['posting.payment_refused', { cause: 'Locked.' }, null, 'could not send a payment'],
    ['posting.status_posted', {}, null, 'updated the invoice status'],
    [
      'credit.changed',
      { amount: '1.00', currency: 'USD', date: '2026-11-08' },
      null,
      'changed a credit; it is now $1.00, dated 8 Nov 2026',
    ],
    ['payment.removed', { amount: '1.00', currency: 'USD', date: '2026-11-08' }, null, 'removed a payment of $1.00, dated 8 Nov 2026'],
    ['invoice.reopened', null, { state: 'rejected' }, 'put it back into review'],
    ['invoice.reopened', null, { state: 'void' }, 'put it back into review, to be posted anew'],
    ['invoice.some_new_thing', null, null, 'invoice some new thing'],
  ])('says %s in plain words', (action, after, before, what) => {
    expect(told({ events: [anEvent('2026-11-05T10:00:00.000Z', action, after, { before })] }).at(-1)?.what).toBe(what);
  });
});
