import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { Public } from '../../identity/requires.js';
import { SecondFactors, type Offer } from '../../identity/second-factors.js';
import { SecurityTrail } from '../../identity/security-trail.js';
import { Sessions } from '../../identity/sessions.js';
import { ownPath } from '../../identity/sign-in/before-sign-in.js';
import type { ResolvedSession } from '../../identity/session.repository.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { field, SignInPages } from './sign-in-pages.js';

const ITSELF = 'asks for a session itself; whoever must set up a factor first may see no other page';

/** Sets up an authenticator app: by choice from the account page, or because the company demands it. */
@PageController('sign-in/authenticator')
export class AuthenticatorController {
  constructor(
    private readonly sessions: Sessions,
    private readonly factors: SecondFactors,
    private readonly trail: SecurityTrail,
    private readonly pages: SignInPages,
  ) {}

  @Get()
  @Public(ITSELF)
  async show(@Req() request: Request): Promise<PageAnswer> {
    const session = await this.sessions.assured(request);
    const returnTo = ownPath(field(request.query, 'returnTo'));
    if ((await this.factors.of(session.personId)).since !== null) return seeOther(returnTo);
    return this.page(session, { returnTo, offer: await this.factors.offer(session.personId, labelOf(session)) });
  }

  @Post()
  @Public(ITSELF)
  async enrol(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body() body: unknown): Promise<PageAnswer> {
    const session = await this.sessions.assured(request);
    const returnTo = ownPath(field(body, 'returnTo'));
    try {
      const codes = await this.factors.enrol(session.personId, field(body, 'code'));
      await this.sessions.rotate(request, response, { byFactor: true });
      await this.trail.note(session, request.ip, {
        action: 'security.factor_added',
        after: { factor: 'authenticator' },
        news: 'authenticatorAdded',
      });
      if (codes.length === 0) return seeOther(returnTo);
      return this.pages.view('sign-in/recovery-codes', { shell: this.pages.shell('Recovery codes'), codes, returnTo });
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      const offer = await this.factors.pending(session.personId, labelOf(session));
      if (!offer) return seeOther(returnTo);
      const status = error.reason === 'too_many_tries' ? 429 : 422;
      return this.page(session, { returnTo, offer, problem: error.message }, status);
    }
  }

  private page(
    session: ResolvedSession,
    { returnTo, offer, problem }: { returnTo: string; offer: Offer; problem?: string },
    status?: number,
  ): PageAnswer {
    const page = {
      shell: this.pages.shell('Set up an authenticator'),
      demandedBy: session.factorDemanded ? (session.tenantName ?? '') : '',
      ...offer,
      returnTo,
      offersPasskey: !session.hasFactor,
      ...(problem !== undefined && { problem }),
    };
    return this.pages.view('sign-in/authenticator', page, status);
  }
}

function labelOf({ email, personName }: ResolvedSession): string {
  return email ?? personName;
}
