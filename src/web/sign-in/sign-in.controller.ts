import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { emailAddress } from '../../identity/email-address.js';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { Public } from '../../identity/requires.js';
import { Sessions } from '../../identity/sessions.js';
import { Admission } from '../../identity/sign-in/admission.js';
import { BeforeSignIn, ownPath } from '../../identity/sign-in/before-sign-in.js';
import { EMAIL_ISSUER } from '../../identity/sign-in/confirmed.js';
import { CODE_MINUTES } from '../../identity/sign-in/code-hash.js';
import { EmailCodes } from '../../identity/sign-in/email-codes.js';
import { SessionLifecycle } from '../../identity/sign-in/session-lifecycle.js';
import { field, SignInPages } from './sign-in-pages.js';

const WRONG_CODE = 'This code is not right, or it is no longer good. Type it again, or ask for a new one.';

/** The sign-in page and the one-time code by e-mail. */
@Controller('sign-in')
export class SignInController {
  constructor(
    private readonly pages: SignInPages,
    private readonly before: BeforeSignIn,
    private readonly codes: EmailCodes,
    private readonly admission: Admission,
    private readonly entrance: SessionLifecycle,
    private readonly sessions: Sessions,
  ) {}

  @Get()
  @Public('the page where people sign in')
  async show(@Req() request: Request, @Res() response: Response, @Query() query: unknown): Promise<void> {
    const returnTo = ownPath(field(query, 'returnTo'));
    if ((await this.sessions.resolve(request))?.tenantId) return response.redirect(303, returnTo);
    this.pages.sendSignIn(response, { returnTo });
  }

  /** Answers the same, and as late, whether anybody here knows the address or not. */
  @Post('code')
  @Public('asks for a one-time code before anybody is signed in')
  async ask(@Req() request: Request, @Res() response: Response, @Body() body: unknown): Promise<void> {
    const returnTo = ownPath(field(body, 'returnTo'));
    const typed = field(body, 'email');
    try {
      const askedCode = await this.codes.ask(emailAddress(typed));
      this.before.keep(response, { ...this.before.read(request), returnTo, askedCode });
      response.redirect(303, field(body, 'again') === 'yes' ? '/sign-in/code?again=yes' : '/sign-in/code');
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      response.status(422);
      this.pages.sendSignIn(response, { returnTo, email: typed, problem: error.message });
    }
  }

  @Get('code')
  @Public('the page where the one-time code is typed')
  showCode(@Req() request: Request, @Res() response: Response): void {
    this.sendCodePage(request, response);
  }

  @Post('code/verification')
  @Public('checks a one-time code, which is what signs the person in')
  async verify(@Req() request: Request, @Res() response: Response, @Body() body: unknown): Promise<void> {
    const { askedCode, invitation } = this.before.read(request);
    if (!askedCode) return response.redirect(303, '/sign-in');
    if (!(await this.codes.redeem(askedCode, field(body, 'code')))) {
      response.status(422);
      return this.sendCodePage(request, response, WRONG_CODE);
    }
    const { address } = askedCode;
    const identity = { issuer: EMAIL_ISSUER, subject: address, email: address };
    try {
      const confirmed = { method: 'email_code', identity, name: address, provenAddress: address, provesPerson: true } as const;
      const admitted = await this.admission.admit(confirmed, invitation);
      response.redirect(303, await this.entrance.enter(request, response, admitted));
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      response.status(403);
      this.pages.sendSignIn(response, { returnTo: '/', email: address, problem: error.message });
    }
  }

  private sendCodePage(request: Request, response: Response, problem?: string): void {
    const { askedCode, returnTo = '/' } = this.before.read(request);
    if (!askedCode) return response.redirect(303, '/sign-in');
    const mailboxHref = this.pages.mailboxHref();
    this.pages.send(response, 'sign-in/code', {
      shell: this.pages.shell('Enter the code'),
      email: askedCode.address,
      minutes: CODE_MINUTES,
      resent: request.query['again'] === 'yes',
      returnTo,
      ...(problem !== undefined && { problem }),
      ...(mailboxHref !== undefined && { mailboxHref }),
    });
  }
}
