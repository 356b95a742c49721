import { Body, Delete, Param, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { Holds } from '../../../lifecycle/holds.js';
import { refreshed, seeOther, type PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { byId } from '../../http/shapes.js';
import { problemFrom } from '../settings-pages.js';
import { DataPages } from './data-pages.js';

const holdForm = z.object({
  scope: z.enum(['tenant', 'customer', 'invoice']),
  subject: z.string().max(500).default(''),
  reason: z.string().max(5_000).default(''),
});

@PageController('settings/data/holds')
export class HoldsController {
  constructor(
    private readonly holds: Holds,
    private readonly data: DataPages,
  ) {}

  @Post()
  @Requires('tenant.manage')
  async set(
    @CurrentCaller() caller: Caller,
    @Body({ schema: holdForm }) wanted: z.infer<typeof holdForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      await this.holds.set(caller, wanted);
    } catch (error) {
      return await this.data.view(request, caller, { problem: problemFrom(error), typedHold: wanted });
    }
    return seeOther('/settings/data?saved=yes');
  }

  @Delete(':id')
  @Requires('tenant.manage', { stepUp: true })
  async lift(@CurrentCaller() caller: Caller, @Param({ schema: byId }) { id }: z.infer<typeof byId>): Promise<PageAnswer> {
    await this.holds.lift(caller, id);
    return refreshed('/settings/data');
  }
}
