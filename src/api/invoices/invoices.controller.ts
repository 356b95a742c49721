import { Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { InboxQuery, type InboxItem } from '../../billing/queries/inbox-query.js';
import { InvoiceQuery } from '../../billing/queries/invoice-query.js';
import { INVOICE_STATES } from '../../domain/invoice-state.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { ApiResource, Describe } from '../resource.js';
import { idParameter, paging } from '../shapes.js';
import { invoice, invoices, type invoiceSummary } from './invoice-shapes.js';
import type { InvoiceDetail } from '../../billing/queries/invoice-detail.js';
import type { Severity } from '../../domain/review/rule.js';

const listQuery = z.strictObject({ state: z.enum(INVOICE_STATES).optional(), search: z.string().max(200).default(''), ...paging });

@ApiResource('invoices')
export class InvoicesController {
  constructor(
    private readonly inbox: InboxQuery,
    private readonly reading: InvoiceQuery,
  ) {}

  @Get()
  @Requires('invoice.read')
  @Describe({ summary: 'Invoices, newest first', answers: { 200: invoices }, problems: [422] })
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<z.infer<typeof invoices>> {
    const { items, next } = await this.inbox.list(caller, { tab: 'all', ...query });
    return { items: items.map(presentSummary), next };
  }

  @Get(':id')
  @Requires('invoice.read')
  @Describe({
    summary: 'One invoice with lines, flags, reviewers, approval, postings and revisions',
    answers: { 200: invoice },
    problems: [404],
  })
  async one(
    @CurrentCaller() caller: Caller,
    @Param({ schema: idParameter }) params: z.infer<typeof idParameter>,
  ): Promise<z.infer<typeof invoice>> {
    return presentInvoice(await this.reading.one(caller, params.id));
  }
}

type Summary = z.infer<typeof invoiceSummary>;

function presentSummary(item: InboxItem): Summary {
  return { ...shared(item), openFlags: item.flags };
}

/** Field by field: what the pages additionally know does not reach the wire by accident. */
function presentInvoice(detail: InvoiceDetail): z.infer<typeof invoice> {
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
