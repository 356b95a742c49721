import { Body, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { may, ROLES } from '../../domain/role.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Members } from '../../identity/members.js';
import { StaffDirectory } from '../../identity/staff-directory.js';
import { Requires } from '../../identity/requires.js';
import { Clock } from '../../platform/clock/clock.js';
import { refresh } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { byId } from '../http/shapes.js';
import { membersFields } from './members-presenter.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';

const HERE = '/settings/members';
const roleForm = z.object({ role: z.enum(ROLES) });
/** One of the people whom the source lists, or all of them. */
const staffForm = z.object({ person: z.string().min(1).max(200), role: z.enum(ROLES) });
const invitationForm = z.object({ email: z.string().max(1_000).default(''), role: z.enum(ROLES) });

@PageController('settings/members')
export class MembersController {
  constructor(
    private readonly members: Members,
    private readonly staff: StaffDirectory,
    private readonly pages: SettingsPages,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.send(request, response, caller);
  }

  @Post('invitations')
  @Requires('member.manage')
  async invite(
    @CurrentCaller() caller: Caller,
    @Body({ schema: invitationForm }) wanted: z.infer<typeof invitationForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.afterwards(request, response, caller, () => this.members.invite(caller, wanted), wanted.email);
  }

  @Post('staff/invitations')
  @Requires('member.manage')
  async inviteStaff(
    @CurrentCaller() caller: Caller,
    @Body({ schema: staffForm }) { person, role }: z.infer<typeof staffForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.afterwards(request, response, caller, () => this.staff.invite(caller, person, role));
  }

  @Delete('invitations/:id')
  @Requires('member.manage')
  async withdraw(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.members.withdrawInvitation(caller, id);
    refresh(request, response, HERE);
  }

  @Post(':id/role')
  @Requires('member.manage', { stepUp: true })
  async changeRole(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: roleForm }) { role }: z.infer<typeof roleForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.afterwards(request, response, caller, () => this.members.changeRole(caller, id, role));
  }

  @Post(':id/sign-out')
  @Requires('member.manage', { stepUp: true })
  async signOut(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.afterwards(request, response, caller, () => this.members.signOutEverywhere(caller, id));
  }

  @Delete(':id')
  @Requires('member.manage', { stepUp: true })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.members.remove(caller, id);
    refresh(request, response, HERE);
  }

  private async afterwards(
    request: Request,
    response: Response,
    caller: Caller,
    work: () => Promise<unknown>,
    typedEmail?: string,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      return await this.send(request, response, caller, problemFrom(error), typedEmail);
    }
    response.redirect(303, `${HERE}?saved=yes`);
  }

  private async send(request: Request, response: Response, caller: Caller, problem?: SettingsProblem, typedEmail?: string): Promise<void> {
    const mayInvite = may(caller, 'member.manage');
    const [frame, members, invitations, staff] = await Promise.all([
      this.pages.frame(request, 'members', { editable: mayInvite, problem: problem?.sentence }),
      this.members.list(caller.tenantId),
      this.members.invitations(caller.tenantId),
      this.staff.overview(caller.tenantId),
    ]);
    const { source } = frame.shell;
    const fields = membersFields({ members, invitations, staff, source, mayInvite, viewer: caller, now: this.clock.now(), typedEmail });
    this.pages.send(response, 'members', { ...frame, ...fields }, problem?.status);
  }
}
