import { Money, type MoneyText } from '../../domain/money.js';
import type { InvoiceContent } from '../../domain/invoice.js';
import { revisionDiff, type RevisionChange } from '../../domain/revision-diff.js';
import type { ApprovalEntity } from '../review/approval.entity.js';

/** A revision without its content. */
export interface RevisionHead {
  id: string;
  number: number;
  contentHash: string;
  total: string;
  currency: string;
  /** Its content is not kept, so it cannot be compared. */
  isBare: boolean;
  createdAt: Date;
}

/** What differs between the revision people knew and the one that counts now. */
export interface WhatChanged {
  /**
   * since-approval: an approval of the older one ended · since-previous: nobody had approved it ·
   * after-posting: the books keep the older one, the PSA shows the newer.
   */
  because: 'since-approval' | 'since-previous' | 'after-posting';
  before: { number: number; at: string; total: MoneyText };
  after: { number: number; at: string; total: MoneyText };
  /** The approval that was given to the older one. */
  approval?: { by: string; at: string; endedBecause?: string };
  changes: RevisionChange[];
}

export interface RevisionPair {
  because: WhatChanged['because'];
  before: RevisionHead;
  after: RevisionHead;
  approval?: ApprovalEntity;
}

/** Which two revisions a person wants compared; undefined while there is only one. */
export function revisionsToCompare(
  revisions: readonly RevisionHead[],
  currentId: string,
  approvals: readonly ApprovalEntity[],
): RevisionPair | undefined {
  const current = revisions.find((revision) => revision.id === currentId);
  const newest = revisions.at(-1);
  if (!current || !newest) return undefined;
  if (newest.number > current.number) return { because: 'after-posting', before: current, after: newest };
  const approval = approvals.findLast((one) => one.revisionId !== currentId);
  const approved = revisions.find((revision) => revision.id === approval?.revisionId);
  if (approval && approved) return { because: 'since-approval', before: approved, after: current, approval };
  const previous = revisions.findLast((revision) => revision.number < current.number);
  return previous && { because: 'since-previous', before: previous, after: current };
}

export function whatChanged(pair: RevisionPair, before: InvoiceContent, after: InvoiceContent): WhatChanged {
  const { approval } = pair;
  return {
    because: pair.because,
    before: told(pair.before),
    after: told(pair.after),
    ...(approval && {
      approval: {
        by: approval.approvedByLabel,
        at: approval.at.toISOString(),
        ...(approval.endedBecause && { endedBecause: approval.endedBecause }),
      },
    }),
    changes: revisionDiff(before, after),
  };
}

function told(revision: RevisionHead): WhatChanged['before'] {
  return { number: revision.number, at: revision.createdAt.toISOString(), total: Money.of(revision.total, revision.currency).toJSON() };
}
