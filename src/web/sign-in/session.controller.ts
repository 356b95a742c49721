import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { SignInRequired } from '../../identity/access-refused.js';
import { Public } from '../../identity/requires.js';
import { roleLabel } from '../../identity/role-label.js';
import { Sessions } from '../../identity/sessions.js';
import { policySentence } from '../../identity/sign-in/sign-in-policy.js';
import { SessionLifecycle } from '../../identity/sign-in/session-lifecycle.js';
import { field, SignInPages } from './sign-in-pages.js';

/** For people who are signed in, also those without a tenant, whom no permission could describe. */
@Controller()
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly entrance: SessionLifecycle,
    private readonly pages: SignInPages,
  ) {}

  @Get('sign-in/tenants')
  @Public('asks for a session itself; a person without a tenant has no role')
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    const session = await this.sessions.signedIn(request);
    const doors = await this.sessions.admissionsOf(session.personId, session);
    this.pages.send(response, 'sign-in/tenants', {
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
  async switchTenant(@Req() request: Request, @Res() response: Response, @Body() body: unknown): Promise<void> {
    const session = await this.sessions.signedIn(request);
    const proof = this.sessions.proofOf(session);
    if (!proof) throw new SignInRequired();
    const { personId } = session;
    const wanted = field(body, 'tenantId');
    const isOpen = (await this.sessions.admissionsOf(personId, proof)).some(
      ({ tenantId, problem }) => tenantId === wanted && problem === null,
    );
    if (!isOpen) return response.redirect(303, '/sign-in/tenants');
    response.redirect(303, await this.entrance.enter(request, response, { personId, tenantId: wanted, proof, goesOn: true }));
  }

  @Post('sign-out')
  @Public('ends the session that the cookie names, if there is one')
  async signOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.entrance.leave(request, response);
    response.redirect(303, '/sign-in');
  }
}
