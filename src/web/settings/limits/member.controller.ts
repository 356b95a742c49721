import { Body, Get, Param, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { may } from '../../../domain/role.js';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { whyNotLimited } from '../../../identity/limits.js';
import { limitsFrom } from '../../../identity/limits.js';
import { Members } from '../../../identity/members.js';
import { Requires } from '../../../identity/requires.js';
import { roleLabel } from '../../../identity/role-label.js';
import { seeOther, view, type PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { byId, several } from '../../http/shapes.js';
import { initials } from '../../shell/initials.js';
import { problemFrom, SettingsPages, type SettingsProblem } from '../settings-pages.js';
import { adjustedOf, memberLimitsForm, readLimits, typedAmounts, typedLimits, type MemberLimitsForm } from './limits-form.js';
import { LimitFieldsOf, switchesOf } from './limits-presenter.js';

const customerSearch = z.object({ find: z.string().max(200).default(''), customer: several });

/** One person's limits. */
@PageController('settings/members')
export class MemberController {
  constructor(
    private readonly members: Members,
    private readonly fields: LimitFieldsOf,
    private readonly pages: SettingsPages,
  ) {}

  @Get(':id')
  @Requires('settings.read')
  async show(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.page(request, caller, id);
  }

  @Post(':id/limits')
  @Requires('member.manage', { stepUp: true })
  async save(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: memberLimitsForm }) form: MemberLimitsForm,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      await this.members.changeLimits(caller, id, readLimits(form, adjustedOf(form)));
    } catch (error) {
      return await this.page(request, caller, id, { problem: problemFrom(error), form });
    }
    return seeOther(`/settings/members/${id}?saved=yes`);
  }

  /** What a form lists while somebody looks for a customer; what they ticked so far comes along. */
  @Post('customer-choices')
  @Requires('member.manage')
  async customers(
    @CurrentCaller() { tenantId }: Caller,
    @Body({ schema: customerSearch }) { find, customer }: z.infer<typeof customerSearch>,
  ): Promise<PageAnswer> {
    const ticked = z.array(z.uuid()).max(500).parse(customer);
    return view('settings/customer-choices', await this.fields.customers(tenantId, ticked, find, true));
  }

  private async page(
    request: Request,
    caller: Caller,
    id: string,
    refused?: { problem: SettingsProblem; form: MemberLimitsForm },
  ): Promise<PageAnswer> {
    const { name, email, role, limits: kept, lastSeenAt } = await this.members.one(caller.tenantId, id);
    const manages = may(caller, 'member.manage');
    const locked = manages ? whyNotLimited(caller, { personId: id, role }) : undefined;
    const editable = manages && locked === undefined;
    const limits = refused ? typedLimits(refused.form, adjustedOf(refused.form)) : limitsFrom(kept);
    const [frame, fields] = await Promise.all([
      this.pages.frame(request, 'members', { editable: manages, problem: refused?.problem.sentence }),
      this.fields.limits(caller.tenantId, limits, editable, refused && typedAmounts(refused.form)),
    ]);
    const page = {
      ...frame,
      member: {
        id,
        name,
        email,
        initials: initials(name),
        roleLabel: roleLabel(role),
        ...(lastSeenAt && { lastSeenAt: lastSeenAt.toISOString() }),
      },
      switches: switchesOf(caller.role, role, limits.adjusted),
      limits: fields,
      ...(locked !== undefined && { locked }),
    };
    return view('settings/member', page, { status: refused?.problem.status });
  }
}
