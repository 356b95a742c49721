import { Get, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { AuditQuery } from '../../../billing/queries/audit-query.js';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import type { PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { SettingsPages } from '../settings-pages.js';
import { auditRow } from './audit-presenter.js';

const HERE = '/settings/account/activity';
const PER_PAGE = 50;
const pageQuery = z.object({ cursor: z.string().max(500).optional() });

/** What everybody may see of the account-security log: what they did with their own access, and what others did to it. */
@PageController('settings/account/activity')
export class ActivityController {
  constructor(
    private readonly reading: AuditQuery,
    private readonly pages: SettingsPages,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(
    @CurrentCaller() caller: Caller,
    @Query({ schema: pageQuery }) { cursor }: z.infer<typeof pageQuery>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const person = caller.personId ?? caller.actor.id;
    const wanted = { person, category: 'security' as const, limit: PER_PAGE, ...(cursor !== undefined && { cursor }) };
    const [frame, { items, next }] = await Promise.all([
      this.pages.frame(request, 'account/activity', { editable: true }),
      this.reading.list(caller, wanted),
    ]);
    const rows = items.map((item) => auditRow(item, new Map()));
    return this.pages.view('account/activity', { ...frame, rows, ...(next !== null && { next: `${HERE}?cursor=${next}` }) });
  }
}
