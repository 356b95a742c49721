import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { Passkeys } from '../../identity/passkeys.js';
import { Public } from '../../identity/requires.js';
import { SecondFactors } from '../../identity/second-factors.js';
import { SecurityTrail } from '../../identity/security-trail.js';
import { Sessions } from '../../identity/sessions.js';
import { BeforeSignIn, ownPath } from '../../identity/sign-in/before-sign-in.js';
import { EmailCodes } from '../../identity/sign-in/email-codes.js';
import type { ResolvedSession } from '../../identity/session.repository.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { field, SignInPages } from './sign-in-pages.js';

const WRONG_MAIL_CODE = 'This code is not right, or it is no longer good. Type it again, or ask for a new one.';
const ITSELF = 'asks for a session itself; a company may demand this proof before anything else';

/** Where somebody who is signed in proves once more that it is them: with their second factor, or by mail when they have none. */
@PageController('sign-in/confirm')
export class ConfirmController {
  constructor(
    private readonly sessions: Sessions,
    private readonly factors: SecondFactors,
    private readonly passkeys: Passkeys,
    private readonly codes: EmailCodes,
    private readonly before: BeforeSignIn,
    private readonly trail: SecurityTrail,
    private readonly pages: SignInPages,
  ) {}

  @Get()
  @Public(ITSELF)
  async show(@Req() request: Request): Promise<PageAnswer> {
    return await this.page(request, await this.sessions.signedIn(request), { returnTo: ownPath(field(request.query, 'returnTo')) });
  }

  @Post('mail')
  @Public(ITSELF)
  async mail(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body() body: unknown): Promise<PageAnswer> {
    const session = await this.sessions.signedIn(request);
    const returnTo = ownPath(field(body, 'returnTo'));
    const { tenantId, email } = session;
    const askedCode = tenantId === null || email === null ? undefined : await this.codes.askAgain(tenantId, email);
    if (askedCode) {
      this.before.keep(response, { askedCode });
      return await this.page(request, session, { returnTo, asked: true });
    }
    const problem = 'No code can be sent now. Sign out and in again, and go on from there.';
    return await this.page(request, session, { returnTo, problem }, 429);
  }

  @Post()
  @Public(ITSELF)
  async confirm(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body() body: unknown): Promise<PageAnswer> {
    const session = await this.sessions.signedIn(request);
    const returnTo = ownPath(field(body, 'returnTo'));
    try {
      const way = session.hasFactor
        ? await this.factors.verify(session.personId, field(body, 'code'))
        : await this.byMail(request, session, field(body, 'code'));
      await this.sessions.rotate(request, response, { byFactor: session.hasFactor });
      await this.trail.note(session, request.ip, {
        action: 'security.confirmed',
        after: { way },
        ...(way === 'recovery_code' && { news: 'codeUsed' }),
      });
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      await this.trail.note(session, request.ip, { action: 'security.factor_failed', after: { reason: error.reason } });
      const status = error.reason === 'too_many_tries' ? 429 : 422;
      return await this.page(request, session, { returnTo, problem: error.message }, status);
    }
    this.before.forget(response);
    return seeOther(returnTo);
  }

  /** Only a code that went to the address of this very person: another's mailbox proves nothing. */
  private async byMail(request: Request, session: ResolvedSession, typed: string): Promise<'email_code'> {
    const { askedCode } = this.before.read(request);
    const isTheirs = askedCode !== undefined && askedCode.address === session.email && askedCode.tenantId === session.tenantId;
    if (!isTheirs || !(await this.codes.redeem(askedCode, typed))) throw new IdentityRefusal('code_wrong', WRONG_MAIL_CODE);
    return 'email_code';
  }

  private async page(
    request: Request,
    session: ResolvedSession,
    { returnTo, problem, asked }: { returnTo: string; problem?: string; asked?: boolean },
    status?: number,
  ): Promise<PageAnswer> {
    const hasPasskey = session.hasFactor && (await this.passkeys.of(session.personId)).length > 0;
    const hasAuthenticator = session.hasFactor && (await this.factors.of(session.personId)).since !== null;
    const mailboxHref = this.pages.mailboxHref();
    const page = {
      shell: this.pages.shell('Confirm that it is you'),
      byFactor: session.hasFactor,
      hasPasskey,
      hasAuthenticator,
      asked: asked ?? this.before.read(request).askedCode?.address === session.email,
      email: session.email ?? '',
      returnTo,
      ...(problem !== undefined && { problem }),
      ...(mailboxHref !== undefined && { mailboxHref }),
    };
    return this.pages.view('sign-in/confirm', page, status);
  }
}
