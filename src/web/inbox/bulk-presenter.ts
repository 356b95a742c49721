import type { ToastView, ShellView } from '../shell/shell-view.js';
import type { BulkResult } from './bulk-approval.js';
import type { DecisionPart } from './inbox-views.js';
import type { ListView } from './list-presenter.js';

export interface BulkSum {
  approved: number;
  left: ReadonlyMap<string, number>;
}

/** What this slice and those before it came to. Earlier slices say '2 with open errors or warnings'. */
export function soFar(before: { approved: number; left: readonly string[] }, now: Pick<BulkResult, 'approved' | 'left'>): BulkSum {
  const left = new Map(now.left);
  for (const text of before.left) {
    const [, count, reason] = /^(\d{1,4}) (.{1,100})$/.exec(text) ?? [];
    if (count !== undefined && reason !== undefined) left.set(reason, (left.get(reason) ?? 0) + Number.parseInt(count, 10));
  }
  return { approved: before.approved + now.approved, left };
}

export function bulkView(sum: BulkSum, remaining: readonly string[]): BulkView {
  const done = sum.approved + [...sum.left.values()].reduce((all, count) => all + count, 0);
  return { done, total: done + remaining.length, approved: sum.approved, left: leftTexts(sum), remaining: [...remaining] };
}

export function bulkToast(sum: BulkSum): ToastView {
  const left = leftTexts(sum);
  if (sum.approved === 0 && left.length === 0) return { text: 'Tick invoices first; then approve them together.' };
  const approved = sum.approved === 1 ? 'One invoice approved' : `${sum.approved.toLocaleString('en-US')} invoices approved`;
  const text = sum.approved === 0 ? 'Nothing approved.' : `${approved}; sending starts in 10 seconds.`;
  return { text: left.length === 0 ? text : `${text} Left: ${left.join(', ')}.`, tone: left.length === 0 ? 'good' : 'warning' };
}

function leftTexts({ left }: BulkSum): string[] {
  return [...left].map(([reason, count]) => `${count} ${reason}`);
}

/** A bulk approval that goes on: the page sends `remaining` by itself. */
export interface BulkView {
  done: number;
  total: number;
  approved: number;
  /** '2 with open errors or warnings' */
  left: string[];
  remaining: string[];
}

/** Answer to a bulk approval from the list. */
export interface BulkPart {
  shell: ShellView;
  list: ListView;
  bulk?: BulkView;
  /** Where the overview stands, it is brought up to date too. */
  beside?: Pick<DecisionPart, 'checklist' | 'overview'> & { shell: ShellView };
}
