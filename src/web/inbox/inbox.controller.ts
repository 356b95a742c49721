import { Get, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { seeOther, view, type PageAnswer } from '../http/answers.js';
import { htmxTarget } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { ShellViews } from '../shell/shell-view.js';
import { inboxFilter, inboxHref, tickedIds } from './inbox-address.js';
import { InboxViews } from './inbox-views.js';

const listQuery = z.looseObject({ cursor: z.string().max(500).optional().catch(undefined) });

/** The list of invoices. */
@PageController('')
export class InboxController {
  constructor(
    private readonly inbox: InboxViews,
    private readonly shells: ShellViews,
  ) {}

  @Get()
  @Requires('invoice.read')
  start(): PageAnswer {
    return seeOther('/invoices');
  }

  @Get('invoices')
  @Requires('invoice.read')
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const shell = await this.shells.of(request, { title: 'Inbox', section: 'invoices' });
    const wanted = { filter: inboxFilter(query), ticked: tickedIds(query), cursor: query.cursor };
    const part = query.cursor !== undefined ? 'rows' : htmxTarget(request) === 'results' ? 'results' : undefined;
    if (part !== undefined && htmxTarget(request) !== undefined) {
      const list = await this.inbox.list(caller, shell, wanted);
      return view(
        'inbox',
        { shell, list, progress: [] },
        { part, ...(part === 'results' && { headers: { 'HX-Push-Url': inboxHref(wanted.filter) } }) },
      );
    }
    const [list, progress, beside] = await Promise.all([
      this.inbox.list(caller, shell, wanted),
      this.inbox.progress(caller),
      this.inbox.beside(caller, shell),
    ]);
    return view('inbox', { shell, list, progress, ...beside });
  }
}
