import { Body, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { emailAddress } from '../../identity/email-address.js';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { Public } from '../../identity/requires.js';
import { Sessions } from '../../identity/sessions.js';
import { Admission } from '../../identity/sign-in/admission.js';
import { BeforeSignIn, ownPath } from '../../identity/sign-in/before-sign-in.js';
import { EMAIL_ISSUER } from '../../identity/sign-in/confirmed.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { CODE_MINUTES } from '../../identity/sign-in/code-hash.js';
import { EmailCodes } from '../../identity/sign-in/email-codes.js';
import { SessionLifecycle } from '../../identity/sign-in/session-lifecycle.js';
import { field, SignInPages } from './sign-in-pages.js';

const WRONG_CODE = 'This code is not right, or it is no longer good. Type it again, or ask for a new one.';

/** The sign-in page and the one-time code by e-mail. */
@PageController('sign-in')
export class SignInController {
  constructor(
    private readonly pages: SignInPages,
    private readonly before: BeforeSignIn,
    private readonly codes: EmailCodes,
    private readonly admission: Admission,
    private readonly lifecycle: SessionLifecycle,
    private readonly sessions: Sessions,
  ) {}

  @Get()
  @Public('the page where people sign in')
  async show(@Req() request: Request, @Query() query: unknown): Promise<PageAnswer> {
    const returnTo = ownPath(field(query, 'returnTo'));
    if ((await this.sessions.resolve(request))?.tenantId) return seeOther(returnTo);
    return this.pages.signIn({ returnTo });
  }

  /** Answers the same, and as late, whether anybody here knows the address or not. */
  @Post('code')
  @Public('asks for a one-time code before anybody is signed in')
  async ask(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body() body: unknown): Promise<PageAnswer> {
    const returnTo = ownPath(field(body, 'returnTo'));
    const typed = field(body, 'email');
    try {
      const askedCode = await this.codes.ask(emailAddress(typed));
      this.before.keep(response, { ...this.before.read(request), returnTo, askedCode });
      return seeOther(field(body, 'again') === 'yes' ? '/sign-in/code?again=yes' : '/sign-in/code');
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      return this.pages.signIn({ returnTo, email: typed, problem: error.message }, 422);
    }
  }

  @Get('code')
  @Public('the page where the one-time code is typed')
  showCode(@Req() request: Request): PageAnswer {
    return this.codePage(request);
  }

  @Post('code/verification')
  @Public('checks a one-time code, which is what signs the person in')
  async verify(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body() body: unknown): Promise<PageAnswer> {
    const { askedCode, invitation } = this.before.read(request);
    if (!askedCode) return seeOther('/sign-in');
    if (!(await this.codes.redeem(askedCode, field(body, 'code')))) return this.codePage(request, WRONG_CODE);
    const { address } = askedCode;
    const identity = { issuer: EMAIL_ISSUER, subject: address, email: address };
    try {
      const confirmed = { method: 'email_code', identity, name: address, provenAddress: address, provesPerson: true } as const;
      const admitted = await this.admission.admit(confirmed, invitation);
      return seeOther(await this.lifecycle.enter(request, response, admitted));
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      return this.pages.signIn({ returnTo: '/', email: address, problem: error.message }, 403);
    }
  }

  private codePage(request: Request, problem?: string): PageAnswer {
    const { askedCode, returnTo = '/' } = this.before.read(request);
    if (!askedCode) return seeOther('/sign-in');
    const mailboxHref = this.pages.mailboxHref();
    const page = {
      shell: this.pages.shell('Enter the code'),
      email: askedCode.address,
      minutes: CODE_MINUTES,
      resent: request.query['again'] === 'yes',
      returnTo,
      ...(problem !== undefined && { problem }),
      ...(mailboxHref !== undefined && { mailboxHref }),
    };
    return this.pages.view('sign-in/code', page, problem === undefined ? 200 : 422);
  }
}
