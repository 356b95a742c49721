import { Get, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { htmxTarget, sendHtml } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { ShellViews } from '../shell/shell-view.js';
import { ViewEngine } from '../view-engine.js';
import { inboxFilter, inboxHref, tickedIds } from './inbox-address.js';
import { InboxViews } from './inbox-views.js';

const listQuery = z.looseObject({ cursor: z.string().max(500).optional().catch(undefined) });

/** The list of invoices. */
@PageController('')
export class InboxController {
  constructor(
    private readonly inbox: InboxViews,
    private readonly shells: ShellViews,
    private readonly views: ViewEngine,
  ) {}

  @Get()
  @Requires('invoice.read')
  start(@Res() response: Response): void {
    response.redirect(303, '/invoices');
  }

  @Get('invoices')
  @Requires('invoice.read')
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const shell = await this.shells.of(request, { title: 'Inbox', section: 'invoices' });
    const wanted = { filter: inboxFilter(query), ticked: tickedIds(query), cursor: query.cursor };
    const part = query.cursor !== undefined ? 'rows' : htmxTarget(request) === 'results' ? 'results' : undefined;
    if (part !== undefined && htmxTarget(request) !== undefined) {
      const list = await this.inbox.list(caller, shell, wanted);
      if (part === 'results') response.set('HX-Push-Url', inboxHref(wanted.filter));
      return sendHtml(response, this.views.render('inbox', { shell, list, progress: [] }, { htmx: part }));
    }
    const [list, progress, beside] = await Promise.all([
      this.inbox.list(caller, shell, wanted),
      this.inbox.progress(caller),
      this.inbox.beside(caller, shell),
    ]);
    sendHtml(response, this.views.render('inbox', { shell, list, progress, ...beside }));
  }
}
