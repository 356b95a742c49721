import { OURSELVES, type TimelineEvent, type TimelineKind } from '../../billing/queries/timeline.js';
import type { Tone, Link } from '../shell/shell-view.js';
import type { WhatChanged } from '../../billing/queries/what-changed.js';
import type { DiffValue } from '../../domain/revision-diff.js';
import { formatMoney, type MoneyView } from '../templating/money-text.js';

const LOOKS: Readonly<Record<TimelineKind, { icon: string; tone?: Tone }>> = {
  read: { icon: 'download' },
  changed: { icon: 'refresh-cw' },
  approved: { icon: 'check', tone: 'good' },
  withdrawn: { icon: 'undo-2' },
  rejected: { icon: 'x', tone: 'error' },
  flag: { icon: 'flag' },
  reviewer: { icon: 'users-round' },
  planned: { icon: 'clock' },
  posted: { icon: 'send', tone: 'good' },
  refused: { icon: 'circle-alert', tone: 'error' },
  unknown: { icon: 'circle-question-mark', tone: 'warning' },
  skipped: { icon: 'circle-slash' },
  paid: { icon: 'banknote', tone: 'good' },
  void: { icon: 'ban', tone: 'warning' },
  other: { icon: 'dot' },
};

/** Newest first. */
export function timelineView(events: readonly TimelineEvent[]): TimelineItem[] {
  return events
    .map(({ kind, actor, what, quote, at, system, link }) => ({
      ...LOOKS[kind],
      ...(actor === OURSELVES || actor === system ? { what: what.charAt(0).toUpperCase() + what.slice(1) } : { actor, what }),
      at,
      system,
      ...(quote !== undefined && { quote }),
      ...(link && { link }),
    }))
    .toReversed();
}

const TITLES: Readonly<Record<WhatChanged['because'], string>> = {
  'since-approval': 'Changed since it was approved',
  'since-previous': 'The charge changed',
  'after-posting': 'Changed after it was posted',
};

/** @param homeCurrency the reader's own, which needs no code */
export function changesView(changed: WhatChanged | undefined, homeCurrency: string): RevisionView[] {
  if (!changed) return [];
  const shown = (value: DiffValue) => (typeof value === 'string' ? value : formatMoney(value, homeCurrency));
  const consequence = consequenceOf(changed);
  return [
    {
      title: TITLES[changed.because],
      at: changed.after.at,
      before: changed.before.total,
      after: changed.after.total,
      ...(consequence !== undefined && { consequence }),
      changes: changed.changes.map(({ kind, what, before, after }) => ({
        kind,
        what,
        ...(before !== undefined && { before: shown(before) }),
        ...(after !== undefined && { after: shown(after) }),
      })),
    },
  ];
}

function consequenceOf({ because, approval }: WhatChanged): string | undefined {
  if (because === 'after-posting') return 'The ledger keeps what was approved. Correct it there with a credit or a new invoice.';
  return approval && `The approval of ${approval.by} has ended, because it was for another document.`;
}

/** One event of any system, newest first. */
export interface TimelineItem {
  icon: string;
  tone?: Tone;
  /** A person or a key; absent for what the systems did by themselves. */
  actor?: string;
  /** 'approved it', going on from the actor; 'Posted to the ledger' without one */
  what: string;
  /** A person's own words: the reason of a rejection. */
  quote?: string;
  at: string;
  /** 'Countersign', or the label of the connection it happened in. */
  system: string;
  link?: Link;
}

interface ChangeView {
  kind: 'added' | 'removed' | 'changed';
  what: string;
  before?: string;
  after?: string;
}

export interface RevisionView {
  title: string;
  at: string;
  /** 'Approval of 2 Nov by Jo Diaz lapsed.' */
  consequence?: string;
  before: MoneyView;
  after: MoneyView;
  changes: ChangeView[];
}
