import { Body, Get, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { ContentKeeping } from '../../../lifecycle/content.js';
import { seeOther, type PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { problemFrom } from '../settings-pages.js';
import { DataPages } from './data-pages.js';

const choice = z.object({ keep: z.enum(['yes', 'no']) });

/** Whether what invoices say is kept here at all. */
@PageController('settings/data/content')
export class ContentController {
  constructor(
    private readonly content: ContentKeeping,
    private readonly data: DataPages,
  ) {}

  /** Counts and changes nothing. */
  @Get()
  @Requires('tenant.manage')
  async preview(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.data.view(request, caller, { contentPreview: await this.content.preview(caller.tenantId) });
  }

  @Post()
  @Requires('tenant.manage', { stepUp: true })
  async choose(
    @CurrentCaller() caller: Caller,
    @Body({ schema: choice }) { keep }: z.infer<typeof choice>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      if (keep === 'yes') await this.content.keep(caller);
      else await this.content.forget(caller);
    } catch (error) {
      return await this.data.view(request, caller, { problem: problemFrom(error) });
    }
    return seeOther('/settings/data?saved=yes');
  }
}
