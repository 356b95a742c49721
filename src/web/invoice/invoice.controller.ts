import { Get, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Documents } from '../../billing/documents/documents.js';
import { Reviewers } from '../../billing/review/reviewers.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { view, type PageAnswer } from '../http/answers.js';
import { htmxTarget } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { anyQuery, byId } from '../http/shapes.js';
import { inboxFilter, invoiceViewKey, tickedIds } from '../inbox/inbox-address.js';
import { InboxViews } from '../inbox/inbox-views.js';
import { ShellViews } from '../shell/shell-view.js';
import { InvoiceViews } from './invoice-views.js';

const documentQuery = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** One invoice, beside its list or alone, and its stored PDF. */
@PageController('invoices/:id')
export class InvoiceController {
  constructor(
    private readonly invoices: InvoiceViews,
    private readonly inbox: InboxViews,
    private readonly reviewers: Reviewers,
    private readonly documents: Documents,
    private readonly shells: ShellViews,
  ) {}

  @Get()
  @Requires('invoice.read')
  async show(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Query({ schema: anyQuery }) query: z.infer<typeof anyQuery>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const filter = inboxFilter(query);
    const shell = await this.shells.of(request, { title: 'Invoice', section: 'invoices' });
    const invoice = await this.invoices.one(caller, shell, { id, filter, view: invoiceViewKey(query) });
    await this.reviewers.markViewed(caller, id);
    const titled = { ...shell, title: `${invoice.number} ${invoice.customer}` };
    if (htmxTarget(request) === 'invoice') return view('invoice', { shell: titled, invoice });
    const [list, progress] = await Promise.all([
      this.inbox.list(caller, shell, { filter, currentId: id, ticked: tickedIds(query) }),
      this.inbox.progress(caller),
    ]);
    return view('inbox', { shell: titled, list, progress, invoice });
  }

  /** Bytes under their own hash never change; still no browser keeps what a client is charged on its disk. */
  @Get('document.pdf')
  @Requires('invoice.read')
  async document(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Query({ schema: documentQuery }) { hash }: z.infer<typeof documentQuery>,
    @Res() response: Response,
  ): Promise<void> {
    const bytes = await this.documents.bytes(caller.tenantId, id, hash);
    response
      .set({ ETag: `"${hash}"`, 'Content-Disposition': 'inline' })
      .type('application/pdf')
      .send(bytes);
  }
}
