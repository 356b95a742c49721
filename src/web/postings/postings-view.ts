import type { PostingState } from '../../domain/posting-state.js';
import type { Link, ProgressView, ShellView, Tone } from '../shell/shell-view.js';
import type { MoneyView } from '../templating/money-text.js';

export interface PostingRow {
  id: string;
  state: PostingState;
  stateLabel: string;
  stateIcon: string;
  tone?: Tone;
  /** 'Invoice', 'Credit note', 'Payment', 'Status' … */
  operationLabel: string;
  /** Empty for what has a name instead. */
  number: string;
  /** What a customer or an item is called. */
  name?: string;
  /** Absent for what belongs to no invoice: a customer, an item. */
  invoiceHref?: string;
  customer: string;
  amount?: MoneyView;
  /** Label of the connection it goes to. */
  destination: string;
  /** What happened, what it means, what to do. */
  cause?: string;
  vendorWords?: string;
  at: string;
  /** Deep links into both systems. */
  links: Link[];
  /** Where the cause is mended here, when it never left the house. */
  fix?: Link;
  /** Who looks after it. */
  assignedTo?: string;
  actions: { retryHref?: string; skipHref?: string; sendNowHref?: string; assign?: { href: string; people: AssigneeOption[] } };
}

export interface AssigneeOption {
  value: string;
  selected: boolean;
}

export interface RunHeadView {
  destination: string;
  /** '41 posted, 2 refused, 7 waiting for a limit until 14:05' */
  sentence: string;
  tone?: Tone;
  posted: number;
  total: number;
}

export interface PostingsPage {
  shell: ShellView;
  tabs: { key: string; label: string; count: number; href: string; current: boolean; tone?: Tone }[];
  search: string;
  tab: string;
  runs: RunHeadView[];
  /** While something is on its way the heads look again by themselves. */
  runsMove: boolean;
  progress: ProgressView[];
  rows: PostingRow[];
  nextHref?: string;
  /** Rows on this page that can be tried again or skipped together. */
  bulk: boolean;
  /** What could not be done, and why. */
  problem?: string;
  empty: { icon: string; title: string; text: string; action?: Link };
}
