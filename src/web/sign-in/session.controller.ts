import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { SignInRequired } from '../../identity/access-refused.js';
import { Public } from '../../identity/requires.js';
import { roleLabel } from '../../identity/role-label.js';
import { Sessions } from '../../identity/sessions.js';
import { policySentence } from '../../identity/sign-in/sign-in-policy.js';
import { Entrance } from '../../identity/sign-in/entrance.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { field, SignInPages } from './sign-in-pages.js';

/** For people who are signed in, also those without a tenant, whom no permission could describe. */
@PageController('')
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly entrance: Entrance,
    private readonly pages: SignInPages,
  ) {}

  @Get('sign-in/tenants')
  @Public('asks for a session itself; a person without a tenant has no role')
  async list(@Req() request: Request): Promise<PageAnswer> {
    const session = await this.sessions.signedIn(request);
    const doors = await this.sessions.doorsOf(session.personId, session);
    return this.pages.view('sign-in/tenants', {
      shell: this.pages.shell('Which company?'),
      person: { name: session.personName, email: session.email ?? doors[0]?.email ?? '' },
      tenants: doors.map(({ tenantId, tenantName, role, problem }) => ({
        id: tenantId,
        name: tenantName,
        roleLabel: roleLabel(role),
        ...(problem !== null && { closedBecause: policySentence(tenantName, problem) }),
      })),
    });
  }

  /** Another tenant is another session: what was open for the one before cannot act in this one. */
  @Post('tenant-switch')
  @Public('asks for a session itself; a person without a tenant has no role')
  async switchTenant(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body() body: unknown): Promise<PageAnswer> {
    const session = await this.sessions.signedIn(request);
    const proof = this.sessions.proofOf(session);
    if (!proof) throw new SignInRequired();
    const { personId } = session;
    const wanted = field(body, 'tenantId');
    const isOpen = (await this.sessions.doorsOf(personId, proof)).some(({ tenantId, problem }) => tenantId === wanted && problem === null);
    if (!isOpen) return seeOther('/sign-in/tenants');
    return seeOther(await this.entrance.enter(request, response, { personId, tenantId: wanted, proof, goesOn: true }));
  }

  @Post('sign-out')
  @Public('ends the session that the cookie names, if there is one')
  async signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<PageAnswer> {
    await this.entrance.leave(request, response);
    return seeOther('/sign-in');
  }
}
