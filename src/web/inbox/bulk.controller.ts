import { Body, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { seeOther, view, type PageAnswer } from '../http/answers.js';
import { isHtmx, pageAddress } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { several } from '../http/shapes.js';
import { ShellViews } from '../shell/shell-view.js';
import { BulkApproval } from './bulk-approval.js';
import { bulkToast, bulkView, soFar } from './bulk-presenter.js';
import { filterOfPage, inboxHref } from './inbox-address.js';
import { InboxViews } from './inbox-views.js';

const ticks = z.object({
  approve: several,
  /** What earlier slices of the same approval came to. */
  approved: z.coerce.number().int().min(0).max(10_000).catch(0),
  left: several,
});

/** Many approvals at once. It works in slices, each answered with how far it came; the page asks for the next by itself. */
@PageController('invoices/bulk-approval')
export class BulkController {
  constructor(
    private readonly bulk: BulkApproval,
    private readonly inbox: InboxViews,
    private readonly shells: ShellViews,
  ) {}

  @Post()
  @Requires('invoice.review')
  async approve(
    @CurrentCaller() caller: Caller,
    @Body({ schema: ticks }) body: z.infer<typeof ticks>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const filter = filterOfPage(pageAddress(request));
    const result = await this.bulk.approve(caller, body.approve);
    const total = soFar(body, result);
    const isOver = result.remaining.length === 0;
    if (!isHtmx(request) && isOver) return seeOther(inboxHref(filter));
    const toasts = isOver ? [bulkToast(total)] : [];
    const shell = await this.shells.of(request, { title: 'Inbox', section: 'invoices', toasts });
    const list = await this.inbox.list(caller, shell, { filter });
    const bulk = isOver ? {} : { bulk: bulkView(total, result.remaining) };
    if (isHtmx(request)) {
      const beside = isOver && showsOverview(request) ? await this.inbox.beside(caller, shell) : undefined;
      const part = { shell, list, ...bulk, ...(beside && { beside: { shell, ...beside } }) };
      return view('inbox/bulk', part);
    }
    const beside = await this.inbox.beside(caller, shell);
    return view('inbox', { shell, list, progress: [], ...beside, ...bulk });
  }
}

/** No invoice is open on the page that was ticked on. */
function showsOverview(request: Request): boolean {
  const address = pageAddress(request) ?? '';
  return URL.canParse(address) && new URL(address).pathname === '/invoices';
}
