import { Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { PostingSwitch } from '../../billing/posting/posting-switch.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { refreshed, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { byId } from '../http/shapes.js';
import { ConnectionPages, SAVED, type Saved } from './connection-pages.js';

const pageQuery = z.object({
  saved: z
    .enum(Object.keys(SAVED) as [Saved, ...Saved[]])
    .optional()
    .catch(undefined),
});

/** Where invoices come from and where they go. */
@PageController('')
export class ConnectionPagesController {
  constructor(
    private readonly pages: ConnectionPages,
    private readonly posting: PostingSwitch,
  ) {}

  @Get('connections')
  @Requires('connection.read')
  async list(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.pages.list(request, caller);
  }

  @Get('connections/:id')
  @Requires('connection.read')
  async one(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Query({ schema: pageQuery }) { saved }: z.infer<typeof pageQuery>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.pages.one(request, caller, id, saved && { saved: SAVED[saved] });
  }

  /** From this moment nothing new is sent to any ledger. */
  @Post('posting-stop')
  @Requires('posting.manage')
  async stop(@CurrentCaller() caller: Caller): Promise<PageAnswer> {
    await this.posting.stop(caller);
    return refreshed('/connections');
  }

  @Delete('posting-stop')
  @Requires('posting.manage')
  async goOn(@CurrentCaller() caller: Caller): Promise<PageAnswer> {
    await this.posting.resume(caller);
    return refreshed('/connections');
  }
}
