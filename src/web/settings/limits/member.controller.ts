import { Body, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { may } from '../../../domain/role.js';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { whyNotLimited } from '../../../identity/limits.js';
import { limitsFrom } from '../../../identity/limits.js';
import { Members } from '../../../identity/members.js';
import { Requires } from '../../../identity/requires.js';
import { roleLabel } from '../../../identity/role-label.js';
import { sendHtml } from '../../http/htmx.js';
import { PageController } from '../../http/page.js';
import { byId, several } from '../../http/shapes.js';
import { initials } from '../../shell/initials.js';
import { ViewEngine } from '../../view-engine.js';
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
    private readonly views: ViewEngine,
  ) {}

  @Get(':id')
  @Requires('settings.read')
  async show(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.send(request, response, caller, id);
  }

  @Post(':id/limits')
  @Requires('member.manage', { stepUp: true })
  async save(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: memberLimitsForm }) form: MemberLimitsForm,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    try {
      await this.members.changeLimits(caller, id, readLimits(form, adjustedOf(form)));
    } catch (error) {
      return await this.send(request, response, caller, id, { problem: problemFrom(error), form });
    }
    response.redirect(303, `/settings/members/${id}?saved=yes`);
  }

  /** What a form lists while somebody looks for a customer; what they ticked so far comes along. */
  @Post('customer-choices')
  @Requires('member.manage')
  async customers(
    @CurrentCaller() { tenantId }: Caller,
    @Body({ schema: customerSearch }) { find, customer }: z.infer<typeof customerSearch>,
    @Res() response: Response,
  ): Promise<void> {
    const ticked = z.array(z.uuid()).max(500).parse(customer);
    sendHtml(response, this.views.render('settings/customer-choices', await this.fields.customers(tenantId, ticked, find, true)));
  }

  private async send(
    request: Request,
    response: Response,
    caller: Caller,
    id: string,
    refused?: { problem: SettingsProblem; form: MemberLimitsForm },
  ): Promise<void> {
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
    response.status(refused?.problem.status ?? 200);
    sendHtml(response, this.views.render('settings/member', page));
  }
}
