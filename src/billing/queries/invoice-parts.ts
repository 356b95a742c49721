import type { InvoiceState } from '../../domain/invoice-state.js';
import type { SettlementEntity } from '../settlement/settlement.entity.js';
import type { ApprovalEntity, RejectionEntity } from '../review/approval.entity.js';
import type { FlagEntity } from '../review/flag.entity.js';
import type { ReviewerEntity } from '../review/reviewer.entity.js';
import type { RevisionHead } from './invoice-rows.js';
import type { ApprovalItem, FlagItem, InvoiceDetail, ReviewerItem, RevisionItem } from './invoice-detail.js';
import { moneyText } from './money-text.js';

/** A flag about cost stays visible to everybody, so that counts agree, but says nothing to those who may not know. */
export function flagItem(flag: FlagEntity, showCost: boolean): FlagItem {
  const hidden = flag.revealsCost && !showCost;
  return {
    id: flag.id,
    rule: hidden ? null : flag.rule,
    severity: flag.severity,
    title: hidden ? 'About cost' : flag.title,
    message: hidden ? 'This flag is about cost, which your role does not show. Ask a member of the team.' : flag.message,
    ...(flag.lineKey && { lineKey: flag.lineKey }),
    ...(flag.link && { link: flag.link }),
    ...(flag.dismissedBy && flag.dismissedAt && { dismissed: { by: flag.dismissedBy, at: flag.dismissedAt.toISOString() } }),
  };
}

export function reviewerItem(reviewer: ReviewerEntity): ReviewerItem {
  const { id, name, email, decision, decidedAt } = reviewer;
  return { id, name, email, state: decision, ...(decidedAt && { at: decidedAt.toISOString() }) };
}

export function approvalItem(approval: ApprovalEntity): ApprovalItem {
  return {
    id: approval.id,
    documentHash: approval.documentSha256,
    revisionId: approval.revisionId,
    by: { kind: approval.approvedByKind, id: approval.approvedById, label: approval.approvedByLabel },
    at: approval.at.toISOString(),
    forAll: approval.forAll,
    final: approval.final,
    state: approval.state,
    ...(approval.endedAt && { endedAt: approval.endedAt.toISOString() }),
    ...(approval.endedBecause && { endedBecause: approval.endedBecause }),
  };
}

export function rejectionInForce(state: InvoiceState, rejections: readonly RejectionEntity[]): InvoiceDetail['rejection'] {
  const last = state === 'rejected' ? rejections.findLast((rejection) => rejection.withdrawnAt === null) : undefined;
  return last && { by: last.rejectedByLabel, at: last.at.toISOString(), reason: last.reason };
}

export function settlementItem(row: SettlementEntity): InvoiceDetail['settlements'][number] {
  const { kind, date, reference, removed } = row;
  return { kind, amount: moneyText(row.amount, row.currency), date, ...(reference && { reference }), removed };
}

export function revisionItem(revision: RevisionHead, currentId: string): RevisionItem {
  return {
    id: revision.id,
    number: revision.number,
    contentHash: revision.contentHash,
    total: moneyText(revision.total, revision.currency),
    at: revision.createdAt.toISOString(),
    current: revision.id === currentId,
  };
}
