import type { WhatChanged } from '../../billing/queries/what-changed.js';
import type { DiffValue } from '../../domain/revision-diff.js';
import { moneyText } from '../templating/money-text.js';
import type { RevisionView } from './invoice-view.js';

const TITLES: Readonly<Record<WhatChanged['because'], string>> = {
  'since-approval': 'Changed since it was approved',
  'since-previous': 'The charge changed',
  'after-posting': 'Changed after it was posted',
};

/** @param homeCurrency the reader's own, which needs no code */
export function changesView(changed: WhatChanged | undefined, homeCurrency: string): RevisionView[] {
  if (!changed) return [];
  const shown = (value: DiffValue) => (typeof value === 'string' ? value : moneyText(value, homeCurrency));
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
