import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
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
import { SignInPages } from './sign-in-pages.js';

const EXPIRED = 'This link was used before or has expired. Sign in, or ask for a new invitation.';

/** The link of an invitation, and of a new tenant's first owner. */
@Controller('sign-in/invitation')
export class InvitationController {
  constructor(
    private readonly invitations: Invitations,
    private readonly before: BeforeSignIn,
    private readonly admission: Admission,
    private readonly entrance: SessionLifecycle,
    private readonly sessions: Sessions,
    private readonly pages: SignInPages,
  ) {}

  /** Nothing is accepted by looking: programs open the links of mails on their own. */
  @Post('link')
  @Public('an invitation’s link is opened before anybody is signed in')
  open(@Body() body: unknown, @Res() response: Response): void {
    this.before.keep(response, { invitation: codeOfLink(body) });
    response.redirect(303, '/sign-in/invitation');
  }

  @Get()
  @Public('shows what the link that was opened invites to')
  async show(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { invitation } = this.before.read(request);
    if (invitation === undefined) return this.pages.sendLinkPage(response, 'invitation');
    await this.sendPage(request, response, invitation);
  }

  /** Whoever has a link and no browser sends its secret along, as `code`. */
  @Post()
  @Public('accepts the invitation whose link was opened; the link is the proof')
  async accept(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const invitation = codeOfLink(body) || (this.before.read(request).invitation ?? '');
    try {
      const session = await this.sessions.resolve(request);
      const proof = session && this.sessions.proofOf(session);
      const admitted = await this.admission.admitByLink(invitation, proof && { personId: session.personId, proof });
      response.redirect(303, await this.entrance.enter(request, response, admitted));
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      response.status(403);
      await this.sendPage(request, response, invitation, error.message);
    }
  }

  private async sendPage(request: Request, response: Response, token: string, problem?: string): Promise<void> {
    const [invitation, session] = [await this.invitations.byToken(token), await this.sessions.resolve(request)];
    if (!invitation) {
      response.status(410);
      return this.pages.sendSignIn(response, { returnTo: '/', problem: EXPIRED });
    }
    this.pages.send(response, 'sign-in/invitation', {
      shell: this.pages.shell(`Join ${invitation.tenantName}`),
      tenant: invitation.tenantName,
      from: invitation.invitedBy,
      roleLabel: roleLabel(invitation.role),
      email: invitation.email,
      providers: this.pages.providers(),
      ...(session && { signedInAs: session.personName }),
      ...(problem !== undefined && { problem }),
    });
  }
}
