import type { InboxItem } from '../../billing/queries/inbox-query.js';
import type { InvoiceDetail } from '../../billing/queries/invoice-detail.js';
import type { Severity } from '../../domain/review/rule.js';
import { initials } from '../shell/initials.js';
import type { Tone } from '../shell/shell-view.js';
import { invoiceStateWords, invoiceTypeIcon } from '../invoice/invoice-words.js';
import { documentHref } from '../invoice/document-address.js';
import { invoiceHref, type InboxFilter } from './inbox-address.js';
import { consentTo } from './bulk-consent.js';
import type { InboxRow } from './inbox-view.js';

export interface RowSurroundings {
  filter: InboxFilter;
  /** Whether this person may decide, so that ticking means something. */
  mayDecide: boolean;
  currentId?: string | undefined;
  ticked?: ReadonlySet<string>;
}

/** A row of the list. */
export function inboxRow(item: InboxItem, { filter, mayDecide, currentId, ticked }: RowSurroundings): InboxRow {
  const { errors, warnings, infos } = item.flags;
  const tone: Tone | undefined = errors > 0 ? 'error' : warnings > 0 ? 'warning' : undefined;
  return {
    id: item.id,
    href: invoiceHref(item.id, filter),
    number: item.number,
    typeLabel: item.typeLabel,
    typeIcon: invoiceTypeIcon(item.type),
    customer: item.customer.name,
    total: item.total,
    state: invoiceStateWords(item.state),
    showState: item.state !== 'in_review' && item.state !== filter.tab,
    unread: item.unread && item.id !== currentId,
    // Nobody looked at what is for reading only, so there is no good news about it either.
    ...(item.state !== 'skipped' && { flags: { count: errors + warnings + infos, ...(tone && { tone }) } }),
    reviewers: item.reviewers.map(({ name, state }) => ({ name, initials: initials(name), state })),
    current: item.id === currentId,
    ticked: ticked?.has(item.id) ?? false,
    ...(mayDecide && item.state === 'in_review' && { bulkValue: consentTo(item) }),
    ...(item.documentHash && { documentHref: documentHref(item.id, item.documentHash) }),
  };
}

/** The same invoice as its list shows it, after something was decided about it. */
export function itemOf(invoice: InvoiceDetail): InboxItem {
  const { id, number, type, typeLabel, state, date, dueDate, total, balance, changedAfterPosting, documentHash } = invoice;
  const open = (severity: Severity) => invoice.flags.filter((flag) => flag.severity === severity && !flag.dismissed).length;
  return {
    id,
    number,
    type,
    typeLabel,
    state,
    date,
    dueDate,
    total,
    balance,
    changedAfterPosting,
    customer: { id: invoice.customer.id, name: invoice.customer.name },
    flags: { errors: open('error'), warnings: open('warning'), infos: open('info') },
    reviewers: invoice.reviewers.map(({ name, email, state: decision }) => ({ name, email, state: decision })),
    unread: invoice.unread,
    ...(documentHash && { documentHash }),
  };
}
