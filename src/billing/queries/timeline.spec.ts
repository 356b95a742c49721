import { describe, expect, it } from 'vitest';
import type { ListedEvent } from './audit-rows.js';
import type { PostingItem } from './posting-item.js';
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
      ['PSA', 'PSA last changed it there; its status is “New”', 'https://psa.example/1'],
      ['Countersign', 'Countersign read it from PSA', 'https://psa.example/1'],
      ['Countersign', 'Jo approved it for all reviewers', undefined],
      ['Books', 'Countersign wrote the document', link.href],
      ['Books', 'Countersign saw a payment of 120.00 USD dated 2026-11-08', undefined],
    ]);
  });

  it.each([
    ['planned', 'planned to write the document', '2026-11-05T10:00:00.000Z'],
    ['sending', 'is writing the document', '2026-11-05T10:00:00.000Z'],
    ['refused', 'was refused when writing the document', '2026-11-05T10:00:12.000Z'],
    ['unknown', 'got no answer when writing the document and looks it up before anything is sent again', '2026-11-05T10:00:12.000Z'],
    ['voided', 'saw the document voided', '2026-11-05T10:00:12.000Z'],
  ] as const)('tells of a %s posting that no event tells of', (state, what, at) => {
    expect(told({ postings: [aPosting({ state, cause: 'Because.' })] })).toContainEqual(
      expect.objectContaining({ what, at, quote: 'Because.', system: 'Books' }),
    );
  });

  it.each<[Partial<PostingItem>, string]>([
    [{ operation: 'contact', name: 'Coral Sea Tours' }, 'wrote the customer “Coral Sea Tours”'],
    [{ operation: 'item', name: 'Services' }, 'wrote the item “Services”'],
    [{ operation: 'attachment', number: '1042' }, 'wrote the PDF of 1042 as attachment'],
    [{ operation: 'attachment', number: '1042', state: 'planned' }, 'planned to write the PDF of 1042 as attachment'],
    [{ operation: 'item' }, 'wrote an item'],
  ])('names what was written (%#)', (over, what) => {
    expect(told({ postings: [aPosting(over)] }).at(-1)?.what).toBe(what);
  });

  it('names it too where the audit trail tells of it', () => {
    const events = [anEvent('2026-11-05T10:00:12.000Z', 'posting.attachment_posted')];
    const told1042 = told({ events, postings: [aPosting({ operation: 'attachment', number: '1042' })] });
    expect(told1042.map(({ what }) => what)).toContain('wrote the PDF of 1042 as attachment');
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

  it('calls a posting left out by a person theirs', () => {
    const events = [anEvent('2026-11-05T10:00:12.000Z', 'posting.skipped', { reason: 'Booked by hand' })];
    expect(told({ events, postings: [aPosting({ state: 'skipped', sentAt: undefined })] }).at(-1)).toMatchObject({
      actor: 'Jo',
      what: 'left it out of posting',
      quote: 'Booked by hand',
    });
  });

  it.each([
    [true, 'marked the flag “Below cost” as fine'],
    [false, 'marked a flag as fine'],
  ])('names a flag to those who may see cost: %s', (showCost, what) => {
    expect(told({ showCost, events: [anEvent('2026-11-05T10:00:00.000Z', 'flag.dismissed', { title: 'Below cost' })] }).at(-1)?.what).toBe(
      what,
    );
  });

  it.each([
    ['approval.given', null, null, 'approved; others still have to'],
    ['invoice.approved', { forAll: false }, null, 'approved it'],
    ['approval.withdrawn', null, null, 'took the approval back'],
    ['approval.lapsed', { because: 'It changed.' }, null, 'ended the approval'],
    ['invoice.rejected', { reason: 'No.' }, null, 'rejected it'],
    ['invoice.reopened', null, null, 'put it back into review'],
    ['invoice.revised', { revision: 2 }, null, 'read a new charge: revision 2'],
    ['invoice.deleted_at_source', null, null, 'no longer found it there'],
    ['invoice.voided_in_ledger', null, null, 'saw it voided there'],
    ['flag.restored', { title: 'No notes' }, null, 'opened the flag “No notes” again'],
    ['reviewer.added', { name: 'Mia' }, null, 'asked Mia to review it'],
    ['reviewer.removed', null, { name: 'Mia' }, 'took Mia off the reviewers'],
    ['posting.retried', null, null, 'asked for another try at posting it'],
    ['posting.hurried', null, null, 'asked to post it now'],
    ['posting.assigned', { to: 'Mia' }, null, 'gave the posting to Mia'],
    ['posting.assigned', { to: null }, null, 'gave the posting back'],
    ['posting.payment_refused', { cause: 'Locked.' }, null, 'was refused when writing a payment'],
    ['posting.status_posted', {}, null, 'wrote the billing status'],
    [
      'credit.changed',
      { amount: '1.00', currency: 'USD', date: '2026-11-08' },
      null,
      'saw a credit change; it is now 1.00 USD dated 2026-11-08',
    ],
    [
      'payment.removed',
      { amount: '1.00', currency: 'USD', date: '2026-11-08' },
      null,
      'saw a payment taken back: 1.00 USD dated 2026-11-08',
    ],
    ['invoice.reopened', null, { state: 'rejected' }, 'put it back into review'],
    ['invoice.reopened', null, { state: 'void' }, 'put it back into review, to be posted anew'],
    ['invoice.some_new_thing', null, null, 'invoice some new thing'],
  ])('says %s in plain words', (action, after, before, what) => {
    expect(told({ events: [anEvent('2026-11-05T10:00:00.000Z', action, after, { before })] }).at(-1)?.what).toBe(what);
  });
});
