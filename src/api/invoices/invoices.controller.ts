import { Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { InboxQuery } from '../../billing/queries/inbox-query.js';
import { InvoiceQuery } from '../../billing/queries/invoice-query.js';
import { INVOICE_STATES } from '../../domain/invoice-state.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { ApiResource, Describe } from '../resource.js';
import { byId, paging } from '../shapes.js';
import { invoice, invoices } from './invoice-shapes.js';
import { presentInvoice, presentSummary } from './present-invoice.js';

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
  async one(@CurrentCaller() caller: Caller, @Param({ schema: byId }) params: z.infer<typeof byId>): Promise<z.infer<typeof invoice>> {
    return presentInvoice(await this.reading.one(caller, params.id));
  }
}
