import { describe, expect, it } from 'vitest';
import type { ApprovalItem, ReviewerItem } from '../../billing/queries/invoice-detail.js';
import type { PostingItem } from '../../billing/queries/posting-query.js';
import type { Role } from '../../domain/role.js';
import { approvalRights, mayReject, mayReopen, mayTakeOff } from './decision-rights.js';
import type { DocumentView } from './document-opening.js';

const ready: DocumentView = { state: 'ready', hash: 'a', href: '/d', fileName: 'a.pdf', sizeText: '1 kB', positions: [] };
const me = (role: Role) => ({ role, email: 'jo@lumen.example', actor: { kind: 'person' as const, id: 'p1', label: 'Jo' } });
const reviewer = (email: string, state: ReviewerItem['state'] = 'waiting'): ReviewerItem => ({ id: email, name: email, email, state });
const inReview = { state: 'in_review' as const, reviewers: [], approvals: [], postings: [], total: { amount: '1000.01', currency: 'AUD' } };
const approval = (id: string): ApprovalItem => ({
  id: 'a1',
  documentHash: 'a',
  revisionId: 'r1',
  by: { kind: 'person', id, label: 'Jo' },
  at: '2026-11-04T12:00:00Z',
  forAll: false,
  final: true,
  state: 'standing',
});
const sent = (state: PostingItem['state']) => [{ operation: 'document', state } as PostingItem];

describe('who is offered to approve', () => {
  it.each<[string, Role, ReviewerItem[], boolean, string]>([
    ['a member, nobody assigned', 'member', [], true, 'Approve'],
    ['a member who is asked', 'member', [reviewer('jo@lumen.example')], true, 'Approve'],
    ['a member who is not asked', 'member', [reviewer('mia@lumen.example')], false, 'Approve'],
    ['an admin who is not asked', 'admin', [reviewer('mia@lumen.example')], true, 'Approve without the other reviewers'],
    ['an admin who is asked', 'admin', [reviewer('jo@lumen.example'), reviewer('mia@lumen.example')], true, 'Approve'],
    ['one who approved already', 'member', [reviewer('jo@lumen.example', 'approved')], false, 'Approve'],
    ['a read-only person', 'read_only', [], false, 'Approve'],
  ])('%s', (_who, role, reviewers, allowed, label) => {
    expect(approvalRights({ ...inReview, reviewers }, me(role), ready)).toMatchObject({ allowed, label });
  });

  it.each([
    [{ AUD: '1000' }, false],
    [{ AUD: '1000.01' }, true],
    [{ USD: '9000' }, false],
    [null, true],
  ])('up to %o', (approveUpTo, allowed) => {
    expect(approvalRights(inReview, { ...me('member'), approveUpTo }, ready).allowed).toBe(allowed);
  });

  it.each<[DocumentView, string]>([
    [{ state: 'rendering' }, 'being rendered'],
    [{ state: 'failed', cause: 'x' }, 'no document'],
  ])('nobody without the document', (document, why) => {
    const rights = approvalRights(inReview, me('owner'), document);
    expect(rights.allowed).toBe(false);
    expect(rights.why).toContain(why);
  });
});

describe('taking an approval back', () => {
  const approved = { ...inReview, state: 'approved' as const };

  it.each<[string, Role, string, PostingItem[], boolean]>([
    ['my own', 'member', 'p1', [], true],
    ['my own while it is planned', 'member', 'p1', sent('planned'), true],
    ['my own on its way', 'member', 'p1', sent('sending'), false],
    ['my own that nobody can tell of', 'member', 'p1', sent('unknown'), false],
    ['another’s', 'member', 'p2', [], false],
    ['another’s as admin', 'admin', 'p2', [], true],
  ])('%s', (_what, role, by, postings, withdrawable) => {
    expect(approvalRights({ ...approved, approvals: [approval(by)], postings }, me(role), ready).withdrawable).toBe(withdrawable);
  });

  it('not one that has ended, and not after posting', () => {
    const ended = { ...approval('p1'), state: 'lapsed' as const };
    expect(approvalRights({ ...approved, approvals: [ended] }, me('owner'), ready).withdrawable).toBe(false);
    expect(approvalRights({ ...approved, state: 'posted', approvals: [approval('p1')] }, me('owner'), ready).withdrawable).toBe(false);
  });
});

it('rejecting and reopening follow the state and the role', () => {
  expect([mayReject({ state: 'in_review' }, me('member')), mayReject({ state: 'approved' }, me('owner'))]).toEqual([true, false]);
  expect([mayReopen({ state: 'rejected' }, me('member')), mayReopen({ state: 'rejected' }, me('read_only'))]).toEqual([true, false]);
});

it('a void invoice is reopened when its document was voided in the ledger, not when it was deleted in the PSA', () => {
  expect(mayReopen({ state: 'void', voidCause: 'voided_in_ledger' }, me('member'))).toBe(true);
  expect(mayReopen({ state: 'void', voidCause: 'deleted_in_psa' }, me('owner'))).toBe(false);
});

it.each<[string, Role, string, boolean]>([
  ['an admin takes anybody off', 'admin', 'mia@lumen.example', true],
  ['a member takes themselves off', 'member', 'jo@lumen.example', true],
  ['a member takes nobody else off', 'member', 'mia@lumen.example', false],
  ['who only reads takes not even themselves off', 'read_only', 'jo@lumen.example', false],
])('%s', (_what, role, email, allowed) => {
  expect(mayTakeOff(reviewer(email), me(role))).toBe(allowed);
});
