import type { InvoiceView } from '../invoice/invoice-view.js';
import type { ProgressView, ShellView, Tone } from '../shell/shell-view.js';
import type { MoneyView } from '../templating/money-text.js';
import type { InboxFilter, InboxTab } from './inbox-address.js';

export interface StatePill {
  label: string;
  tone?: Tone;
}

export interface InboxRow {
  id: string;
  /** Keeps the filter: the list stays as it is while the invoice changes. */
  href: string;
  number: string;
  typeLabel: string;
  typeIcon: string;
  customer: string;
  total: MoneyView;
  state: StatePill;
  /** Only states that the tab does not already say. */
  showState: boolean;
  unread: boolean;
  /** Open (not dismissed) flags; `tone` by the worst of them. Absent where no rule has looked. */
  flags?: { count: number; tone?: Tone };
  reviewers: { initials: string; name: string; state: 'waiting' | 'viewed' | 'approved' | 'rejected' }[];
  /** The invoice shown beside the list. */
  current: boolean;
  /** Ticked for bulk work (from the address, so a reload keeps it). */
  ticked: boolean;
  /** '<invoice id>:<document hash>': consent to exactly that document. Absent: cannot be approved in bulk. */
  bulkValue?: string;
  /** Immutable address of the stored document, fetched ahead for the next rows. */
  documentHref?: string;
}

export interface InboxTabView {
  key: InboxTab;
  label: string;
  count: number;
  href: string;
  current: boolean;
}

export interface ChoiceView {
  label: string;
  value: string;
  current: boolean;
}

export interface ListView {
  tabs: InboxTabView[];
  filter: InboxFilter;
  flagChoices: ChoiceView[];
  /** Anything but the tab narrows the list. */
  filtered: boolean;
  /** The address without search and flags filter. */
  clearHref: string;
  rows: InboxRow[];
  /** Absent on the last page. */
  nextHref?: string;
  /** 'No invoice is waiting for you.' and one action. */
  empty: { icon: string; title: string; text: string; action?: { label: string; href: string } };
  /** Sum and number over all rows of this filter, per currency. */
  sums: MoneyView[];
  matches: number;
}

/** Shown beside the list while no invoice is open. */
export interface OverviewView {
  lead: string;
  steps: { count: number; label: string; text: string; action?: { label: string; href: string } }[];
  /** Clean invoices whose documents are stored, ready for one consent. */
  /** `of` counts also those that the next consent takes. */
  cleanApproval?: { count: number; of: number; more: boolean; sums: MoneyView[]; values: string[] };
}

export interface ChecklistView {
  /** First one that is not done is the present step. */
  steps: { key: string; title: string; text: string; done: boolean; present: boolean; action?: { label: string; href: string } }[];
  doneCount: number;
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

export interface InboxPage {
  shell: ShellView;
  list: ListView;
  progress: ProgressView[];
  bulk?: BulkView;
  /** Beside the list: the open invoice, else the checklist until the first approval, else the overview. */
  invoice?: InvoiceView;
  checklist?: ChecklistView;
  overview?: OverviewView;
  unkept?: { sourceLabel?: string };
}

/** Answer to a decision: the next invoice (or the overview) takes the pane, the decided row and the counts change in place. */
export interface DecisionPart {
  shell: ShellView;
  invoice?: InvoiceView;
  checklist?: ChecklistView;
  overview?: OverviewView;
  /** Nothing is decided here, since no content is kept: what to do instead. */
  unkept?: { sourceLabel?: string };
  row?: InboxRow;
  list: Pick<ListView, 'tabs'>;
}
