import type { z } from 'zod';
import type { InboxItem } from '../../billing/queries/inbox-query.js';
import type { InvoiceDetail } from '../../billing/queries/invoice-detail.js';
import type { Severity } from '../../domain/review/rule.js';
import type { invoice, invoiceSummary } from './invoice-shapes.js';

type Summary = z.infer<typeof invoiceSummary>;

export function presentSummary(item: InboxItem): Summary {
  return { ...shared(item), openFlags: item.flags };
}

/** Field by field: what the pages additionally know does not reach the wire by accident. */
export function presentInvoice(detail: InvoiceDetail): z.infer<typeof invoice> {
  const { terms, purchaseOrder, reference, source, ledger } = detail;
  return {
    ...shared(detail),
    openFlags: { errors: open(detail, 'error'), warnings: open(detail, 'warning'), infos: open(detail, 'info') },
    voidCause: detail.voidCause ?? null,
    ...(terms && { terms }),
    ...(purchaseOrder && { purchaseOrder }),
    ...(reference && { reference }),
    subtotal: detail.subtotal,
    tax: detail.tax,
    taxes: detail.taxes,
    location: detail.location,
    lines: detail.lines,
    flags: detail.flags,
    reviewers: detail.reviewers,
    approval: detail.approval ?? null,
    rejection: detail.rejection ?? null,
    postings: detail.postings,
    settlements: detail.settlements,
    revisions: detail.revisions,
    whatChanged: detail.whatChanged ?? null,
    unkept: detail.unkept ? { problem: detail.unkept.problem ?? null } : null,
    links: [source, ledger].flatMap((side) => (side?.link ? [{ label: side.label, href: side.link }] : [])),
    timeline: detail.timeline,
  };
}

function shared(item: InboxItem | InvoiceDetail): Omit<Summary, 'openFlags'> {
  const { id, number, type, typeLabel, state, date, dueDate, total, balance, changedAfterPosting } = item;
  return {
    id,
    number,
    type,
    typeLabel,
    state,
    customer: { id: item.customer.id, name: item.customer.name },
    date,
    dueDate,
    total,
    balance,
    ledger: item.ledger?.connector ?? null,
    documentHash: item.documentHash ?? null,
    changedAfterPosting,
  };
}

function open({ flags }: InvoiceDetail, severity: Severity): number {
  return flags.filter((flag) => flag.severity === severity && !flag.dismissed).length;
}
