import type { InboxItem, InboxTab } from '../../billing/queries/inbox-query.js';
import { Money } from '../../domain/money.js';
import { inboxHref } from './inbox-address.js';
import { consentTo } from './bulk-consent.js';
import type { MoneyView } from '../templating/money-text.js';

export interface OverviewFacts {
  counts: Readonly<Record<InboxTab, number>>;
  /** In review, by their worst open flag. */
  withErrors: number;
  withWarnings: number;
  /** In review without flags, and this person may decide. */
  clean: readonly InboxItem[];
  /** How many there are, also beyond those in `clean`. */
  cleanCount: number;
  refusedPostings: number;
  sourceLabel?: string | undefined;
}

/** Beside the list while no invoice is open: what waits, worst first, each with its one action. */
export function overviewView(facts: OverviewFacts): OverviewView {
  const { counts, clean, cleanCount } = facts;
  return {
    lead: lead(counts),
    steps: stepsOf(facts).filter(({ count }) => count > 0),
    ...(clean.length > 0 && {
      cleanApproval: {
        count: clean.length,
        of: cleanCount,
        more: cleanCount > clean.length,
        sums: sumsOf(clean),
        values: clean.map((item) => consentTo(item)),
      },
    }),
  };
}

function stepsOf({ counts, withErrors, withWarnings, refusedPostings, sourceLabel }: OverviewFacts): OverviewView['steps'] {
  return [
    {
      count: refusedPostings,
      label: 'Refused by a ledger',
      text: 'Each says why and what to do.',
      action: { label: 'See postings', href: '/postings?tab=refused' },
    },
    {
      count: withErrors,
      label: 'With errors',
      text: `Probable mistakes. Fix them${sourceLabel === undefined ? '' : ` in ${sourceLabel}`} or mark them as OK.`,
      action: { label: 'Review errors', href: inboxHref({ tab: 'new', search: '', flags: 'error' }) },
    },
    {
      count: withWarnings,
      label: 'With warnings',
      text: 'Worth a look before they go out.',
      action: { label: 'Review warnings', href: inboxHref({ tab: 'new', search: '', flags: 'warning' }) },
    },
    {
      count: counts.mine,
      label: 'Waiting for you',
      text: 'You are a reviewer of these.',
      action: { label: 'Review mine', href: inboxHref({ tab: 'mine', search: '' }) },
    },
    {
      count: counts.rejected,
      label: 'Rejected',
      text: `They come back for review when they change${sourceLabel === undefined ? '' : ` in ${sourceLabel}`}.`,
      action: { label: 'See rejected', href: inboxHref({ tab: 'rejected', search: '' }) },
    },
  ];
}

function lead(counts: OverviewFacts['counts']): string {
  if (counts.new === 0) return counts.all === 0 ? 'No invoice yet' : 'All invoices are decided';
  return counts.new === 1
    ? 'One invoice is waiting for a decision'
    : `${counts.new.toLocaleString('en-US')} invoices are waiting for a decision`;
}

/** Different currencies are never summed. */
function sumsOf(items: readonly InboxItem[]): { amount: string; currency: string }[] {
  const sums = new Map<string, Money>();
  for (const { total } of items) {
    const one = Money.of(total.amount, total.currency);
    sums.set(total.currency, sums.get(total.currency)?.plus(one) ?? one);
  }
  return [...sums.values()].map((sum) => sum.toJSON());
}

/** Shown beside the list while no invoice is open. */
export interface OverviewView {
  lead: string;
  steps: { count: number; label: string; text: string; action?: { label: string; href: string } }[];
  /** Clean invoices whose documents are stored, ready for one consent. */
  /** `of` counts also those that the next consent takes. */
  cleanApproval?: { count: number; of: number; more: boolean; sums: MoneyView[]; values: string[] };
}
