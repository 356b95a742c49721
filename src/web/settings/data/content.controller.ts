import { Body, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { ContentKeeping } from '../../../lifecycle/content.js';
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
  @Post('preview')
  @Requires('tenant.manage')
  async preview(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.data.send(request, response, caller, { contentPreview: await this.content.preview(caller.tenantId) });
  }

  @Post()
  @Requires('tenant.manage', { stepUp: true })
  async choose(
    @CurrentCaller() caller: Caller,
    @Body({ schema: choice }) { keep }: z.infer<typeof choice>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    try {
      if (keep === 'yes') await this.content.keep(caller);
      else await this.content.forget(caller);
    } catch (error) {
      return await this.data.send(request, response, caller, { problem: problemFrom(error) });
    }
    response.redirect(303, '/settings/data?saved=yes');
  }
}
