import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { Invitations } from '../../identity/invitations.js';
import { Public } from '../../identity/requires.js';
import { roleLabel } from '../../identity/role-label.js';
import { Sessions } from '../../identity/sessions.js';
import { Admission } from '../../identity/sign-in/admission.js';
import { BeforeSignIn } from '../../identity/sign-in/before-sign-in.js';
import { SessionLifecycle } from '../../identity/sign-in/session-lifecycle.js';
import { codeOfLink } from '../../identity/sign-in/link.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { SignInPages } from './sign-in-pages.js';

const EXPIRED = 'This link was used before or has expired. Sign in, or ask for a new invitation.';

/** The link of an invitation, and of a new tenant's first owner. */
@PageController('sign-in/invitation')
export class InvitationController {
  constructor(
    private readonly invitations: Invitations,
    private readonly before: BeforeSignIn,
    private readonly admission: Admission,
    private readonly lifecycle: SessionLifecycle,
    private readonly sessions: Sessions,
    private readonly pages: SignInPages,
  ) {}

  /** Nothing is accepted by looking: programs open the links of mails on their own. */
  @Post('link')
  @Public('an invitation’s link is opened before anybody is signed in')
  open(@Body() body: unknown, @Res({ passthrough: true }) response: Response): PageAnswer {
    this.before.keep(response, { invitation: codeOfLink(body) });
    return seeOther('/sign-in/invitation');
  }

  @Get()
  @Public('shows what the link that was opened invites to')
  async show(@Req() request: Request): Promise<PageAnswer> {
    const { invitation } = this.before.read(request);
    if (invitation === undefined) return this.pages.linkPage('invitation');
    return await this.page(request, invitation);
  }

  /** Whoever has a link and no browser sends its secret along, as `code`. */
  @Post()
  @Public('accepts the invitation whose link was opened; the link is the proof')
  async accept(@Body() body: unknown, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<PageAnswer> {
    const invitation = codeOfLink(body) || (this.before.read(request).invitation ?? '');
    try {
      const session = await this.sessions.resolve(request);
      const proof = session && this.sessions.proofOf(session);
      const admitted = await this.admission.admitByLink(invitation, proof && { personId: session.personId, proof });
      return seeOther(await this.lifecycle.enter(request, response, admitted));
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      return await this.page(request, invitation, error.message);
    }
  }

  private async page(request: Request, token: string, problem?: string): Promise<PageAnswer> {
    const [invitation, session] = [await this.invitations.byToken(token), await this.sessions.resolve(request)];
    if (!invitation) return this.pages.signIn({ returnTo: '/', problem: EXPIRED }, 410);
    const page = {
      shell: this.pages.shell(`Join ${invitation.tenantName}`),
      tenant: invitation.tenantName,
      from: invitation.invitedBy,
      roleLabel: roleLabel(invitation.role),
      email: invitation.email,
      providers: this.pages.providers(),
      ...(session && { signedInAs: session.personName }),
      ...(problem !== undefined && { problem }),
    };
    return this.pages.view('sign-in/invitation', page, problem === undefined ? 200 : 403);
  }
}
