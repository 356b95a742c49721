import { Body, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { madePasskey, passkeyName, Passkeys, usedPasskey } from '../../identity/passkeys.js';
import { Public } from '../../identity/requires.js';
import { SecurityTrail } from '../../identity/security-trail.js';
import { Sessions } from '../../identity/sessions.js';
import { BeforeSignIn, ownPath } from '../../identity/sign-in/before-sign-in.js';
import type { ResolvedSession } from '../../identity/session.repository.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { SignInPages } from './sign-in-pages.js';

const ITSELF = 'asks for a session itself; whoever must set up or prove a factor first may see no other page';
const returnTo = z.string().max(2_000).optional();
const newPasskey = z.object({ answer: madePasskey, name: passkeyName.default(''), returnTo });
const proof = z.object({ answer: usedPasskey, returnTo });
type Use = 'add' | 'confirm';
/** Where the page's script goes on, or why it stays. */
type Answered = { location: string } | { problem: string };

/** What the script of the pages asks for and answers with; the pages themselves are elsewhere. */
@PageController('sign-in/passkey')
export class PasskeyController {
  constructor(
    private readonly sessions: Sessions,
    private readonly passkeys: Passkeys,
    private readonly before: BeforeSignIn,
    private readonly trail: SecurityTrail,
    private readonly pages: SignInPages,
  ) {}

  @Post('new/options')
  @HttpCode(200)
  @Public(ITSELF)
  async offer(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<object> {
    const session = await this.sessions.assured(request);
    const options = await this.passkeys.offer(session.personId, session.email ?? session.personName);
    this.keep(request, response, session, 'add', options.challenge);
    return options;
  }

  @Post('new')
  @HttpCode(200)
  @Public(ITSELF)
  async add(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: newPasskey }) body: z.infer<typeof newPasskey>,
  ): Promise<Answered> {
    const session = await this.sessions.assured(request);
    const { personId } = session;
    try {
      const codes = await this.passkeys.add(personId, this.challenge(request, session, 'add'), body.answer, body.name);
      await this.sessions.rotate(request, response, { byFactor: true });
      const after = { factor: 'passkey', name: body.name };
      await this.trail.note(session, request.ip, { action: 'security.factor_added', after, news: 'passkeyAdded' });
      this.before.keep(response, { ...(codes.length > 0 && { newCodes: { personId, codes } }) });
      const onwards = ownPath(body.returnTo);
      return { location: codes.length > 0 ? `/sign-in/passkey/codes?${new URLSearchParams({ returnTo: onwards })}` : onwards };
    } catch (error) {
      return this.refuse(response, error);
    }
  }

  /** Of the first passkey: once, and only to the browser that added it. */
  @Get('codes')
  @Public(ITSELF)
  async codes(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<PageAnswer> {
    const session = await this.sessions.signedIn(request);
    const { newCodes } = this.before.read(request);
    const onwards = ownPath(z.object({ returnTo }).catch({}).parse(request.query).returnTo);
    if (newCodes?.personId !== session.personId) return seeOther(onwards);
    this.before.forget(response);
    return this.pages.view('sign-in/recovery-codes', {
      shell: this.pages.shell('Recovery codes'),
      codes: newCodes.codes,
      returnTo: onwards,
    });
  }

  @Post('options')
  @HttpCode(200)
  @Public(ITSELF)
  async ask(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<object> {
    const session = await this.sessions.signedIn(request);
    const options = await this.passkeys.ask(session.personId);
    this.keep(request, response, session, 'confirm', options.challenge);
    return options;
  }

  @Post()
  @HttpCode(200)
  @Public(ITSELF)
  async confirm(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: proof }) body: z.infer<typeof proof>,
  ): Promise<Answered> {
    const session = await this.sessions.signedIn(request);
    try {
      await this.passkeys.prove(session.personId, this.challenge(request, session, 'confirm'), body.answer);
      await this.sessions.rotate(request, response, { byFactor: true });
      await this.trail.note(session, request.ip, { action: 'security.confirmed', after: { way: 'passkey' } });
      this.before.forget(response);
      return { location: ownPath(body.returnTo) };
    } catch (error) {
      if (error instanceof IdentityRefusal)
        await this.trail.note(session, request.ip, { action: 'security.factor_failed', after: { reason: error.reason } });
      return this.refuse(response, error);
    }
  }

  private keep(request: Request, response: Response, { personId }: ResolvedSession, use: Use, challenge: string): void {
    this.before.keep(response, { ...this.before.read(request), passkey: { personId, use, challenge } });
    response.set('Cache-Control', 'no-store');
  }

  /** @throws IdentityRefusal when this browser was asked nothing of the kind, or too long ago */
  private challenge(request: Request, { personId }: ResolvedSession, use: Use): string {
    const { passkey } = this.before.read(request);
    if (passkey?.personId === personId && passkey.use === use) return passkey.challenge;
    throw new IdentityRefusal('passkey_refused', 'This took too long, or another page asked meanwhile, so nothing was changed. Try again.');
  }

  private refuse(response: Response, error: unknown): Answered {
    if (!(error instanceof IdentityRefusal)) throw error;
    response.status(422);
    return { problem: error.message };
  }
}
