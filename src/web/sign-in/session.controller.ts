import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { SignInRequired } from '../../identity/access-refused.js';
import { Public } from '../../identity/requires.js';
import { roleLabel } from '../../identity/role-label.js';
import { Sessions } from '../../identity/sessions.js';
import { policySentence } from '../../identity/sign-in/sign-in-policy.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { SessionLifecycle } from '../../identity/sign-in/session-lifecycle.js';
import { field, SignInPages } from './sign-in-pages.js';

/** For people who are signed in, also those without a tenant, whom no permission could describe. */
@PageController('')
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly lifecycle: SessionLifecycle,
    private readonly pages: SignInPages,
  ) {}

  @Get('sign-in/tenants')
  @Public('asks for a session itself; a person without a tenant has no role')
  async list(@Req() request: Request): Promise<PageAnswer> {
    const session = await this.sessions.signedIn(request);
    const tenants = await this.sessions.admissionsOf(session.personId, session);
    return this.pages.view('sign-in/tenants', {
      shell: this.pages.shell('Which company?'),
      person: { name: session.personName, email: session.email ?? tenants[0]?.email ?? '' },
      tenants: tenants.map(({ tenantId, tenantName, role, problem }) => ({
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
    const admits = (await this.sessions.admissionsOf(personId, proof)).some(
      ({ tenantId, problem }) => tenantId === wanted && problem === null,
    );
    if (!admits) return seeOther('/sign-in/tenants');
    return seeOther(await this.lifecycle.enter(request, response, { personId, tenantId: wanted, proof, goesOn: true }));
  }

  @Post('sign-out')
  @Public('ends the session that the cookie names, if there is one')
  async signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<PageAnswer> {
    await this.lifecycle.leave(request, response);
    return seeOther('/sign-in');
  }
}
