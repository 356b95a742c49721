import { Body, Delete, Get, Param, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { may } from '../../../domain/role.js';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { roleLabel } from '../../../identity/role-label.js';
import { linkOf } from '../../../identity/sign-in/link.js';
import { SupportAccess, type SupportRole } from '../../../identity/support-access.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Config } from '../../../platform/config/config.js';
import { refreshed, type PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { byId } from '../../http/shapes.js';
import { problemFrom, SettingsPages, type SettingsProblem } from '../settings-pages.js';
import type { SettingsFrame } from '../settings-view.js';

export interface SupportPage extends SettingsFrame {
  /** Shown this once; only its hash is kept. */
  created?: { operator: string; link: string };
  grants: {
    id: string;
    operator: string;
    reason: string;
    roleLabel: string;
    by: string;
    createdAt: string;
    expiresAt: string;
    state: { label: string; tone?: 'warning' };
    inForce: boolean;
    /** Who may read the audit log sees what was done. */
    doneHref?: string;
  }[];
  typed: { operator: string; reason: string };
  roles: { value: SupportRole; label: string; help: string }[];
  durations: { value: number; label: string }[];
}

const HERE = '/settings/support';
const HOUR = 60;
const DAY = 24 * HOUR;
const DURATIONS = [
  { value: 15, label: '15 minutes' },
  { value: HOUR, label: '1 hour' },
  { value: 4 * HOUR, label: '4 hours' },
  { value: DAY, label: '1 day' },
  { value: 3 * DAY, label: '3 days' },
  { value: 7 * DAY, label: '7 days' },
];
const ROLES: SupportPage['roles'] = [
  { value: 'read_only', label: 'Read-only', help: 'sees, no cost or margin' },
  { value: 'member', label: 'Member', help: 'also reviews and approves' },
  { value: 'admin', label: 'Admin', help: 'also connections and posting, never members, keys or roles' },
];
const grantForm = z.object({
  operator: z.string().max(1_000).default(''),
  reason: z.string().max(5_000).default(''),
  role: z.enum(['read_only', 'member', 'admin']).default('read_only'),
  minutes: z.coerce.number().int(),
});

interface Shown {
  created?: SupportPage['created'];
  problem?: SettingsProblem;
  typed?: SupportPage['typed'];
}

@PageController('settings/support')
export class SupportController {
  constructor(
    private readonly support: SupportAccess,
    private readonly pages: SettingsPages,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.page(request, caller, {});
  }

  /** Answers with the page itself: the link stands on it and nowhere else, not even in an address. */
  @Post()
  @Requires('tenant.manage', { stepUp: true })
  async grant(
    @CurrentCaller() caller: Caller,
    @Body({ schema: grantForm }) wanted: z.infer<typeof grantForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      const { secret } = await this.support.grant(caller.tenantId, caller.actor, wanted);
      const created = { operator: wanted.operator.trim(), link: linkOf(this.config.publicUrl, 'support', secret) };
      return await this.page(request, caller, { created });
    } catch (error) {
      const { operator, reason } = wanted;
      return await this.page(request, caller, { problem: problemFrom(error), typed: { operator, reason } });
    }
  }

  /** Nothing to prove: closing a door is never dangerous. */
  @Delete(':id')
  @Requires('member.manage')
  async end(@CurrentCaller() caller: Caller, @Param({ schema: byId }) { id }: z.infer<typeof byId>): Promise<PageAnswer> {
    await this.support.end(caller.tenantId, caller.actor, id);
    return refreshed(HERE);
  }

  private async page(request: Request, caller: Caller, shown: Shown): Promise<PageAnswer> {
    const [frame, grants] = await Promise.all([
      this.pages.frame(request, 'support', { editable: may(caller, 'tenant.manage'), problem: shown.problem?.sentence }),
      this.support.list(caller.tenantId),
    ]);
    const now = this.clock.now();
    const page: SupportPage = {
      ...frame,
      ...(shown.created && { created: shown.created }),
      grants: grants.map((grant) => {
        const inForce = grant.endedAt === null && grant.expiresAt > now;
        const { id, operator, reason, grantedBy, createdAt, expiresAt, endedBy, enteredAt } = grant;
        const ended = endedBy === null ? 'Ran out' : `Ended by ${endedBy}`;
        return {
          id,
          operator,
          reason,
          inForce,
          by: grantedBy,
          roleLabel: roleLabel(grant.role),
          createdAt: createdAt.toISOString(),
          expiresAt: expiresAt.toISOString(),
          state: inForce ? { label: enteredAt ? 'Is in' : 'Link not used yet', tone: 'warning' as const } : { label: ended },
          ...(caller.permissions.includes('audit.read') && { doneHref: `/settings/audit?person=${id}` }),
        };
      }),
      typed: shown.typed ?? { operator: '', reason: '' },
      roles: ROLES,
      durations: DURATIONS,
    };
    return this.pages.view('support', page, shown.problem?.status);
  }
}
