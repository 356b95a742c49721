import { Controller, Get, Logger, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Identities } from '../../identity/identities.js';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { Public } from '../../identity/requires.js';
import { Sessions } from '../../identity/sessions.js';
import { Admission } from '../../identity/sign-in/admission.js';
import { BeforeSignIn, ownPath } from '../../identity/sign-in/before-sign-in.js';
import type { Confirmed, Provider } from '../../identity/sign-in/confirmed.js';
import { Entrance } from '../../identity/sign-in/entrance.js';
import { GoogleSignIn } from '../../identity/sign-in/google.js';
import { MicrosoftSignIn } from '../../identity/sign-in/microsoft.js';
import { field, SignInPages } from './sign-in-pages.js';

const NOT_CONFIRMED: Readonly<Record<Provider, string>> = {
  google: 'Google did not confirm who you are. Try again, or have a code sent to your address.',
  oidc: 'Your company’s sign-in did not confirm who you are. Try again, or have a code sent to your address.',
  microsoft:
    'Microsoft did not confirm who you are, or no company here lets people in from your directory. Try again, or have a code sent to your address.',
};

/** Out to a provider and back. `?add=yes` adds the account to the person who is signed in. */
@Controller('sign-in')
export class ProviderController {
  private readonly log = new Logger('sign-in');

  constructor(
    private readonly google: GoogleSignIn,
    private readonly microsoft: MicrosoftSignIn,
    private readonly before: BeforeSignIn,
    private readonly admission: Admission,
    private readonly entrance: Entrance,
    private readonly sessions: Sessions,
    private readonly identities: Identities,
    private readonly pages: SignInPages,
  ) {}

  @Get('google')
  @Public('leads to Google to sign in')
  async toGoogle(@Req() request: Request, @Res() response: Response, @Query() query: unknown): Promise<void> {
    await this.leave('google', request, response, query);
  }

  @Get('google/callback')
  @Public('the way back from Google, which is what signs the person in')
  async fromGoogle(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.comeBack('google', request, response);
  }

  @Get('microsoft')
  @Public('leads to Microsoft to sign in')
  async toMicrosoft(@Req() request: Request, @Res() response: Response, @Query() query: unknown): Promise<void> {
    await this.leave('microsoft', request, response, query);
  }

  @Get('microsoft/callback')
  @Public('the way back from Microsoft, which is what signs the person in')
  async fromMicrosoft(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.comeBack('microsoft', request, response);
  }

  private async leave(provider: 'google' | 'microsoft', request: Request, response: Response, query: unknown): Promise<void> {
    const answer = await this[provider].ask(request, {});
    if (answer.kind !== 'redirect')
      return this.refuse(request, response, provider, answer.kind === 'refused' ? answer.cause : 'unasked answer');
    const { invitation, returnTo } = this.before.read(request);
    const wanted = field(query, 'returnTo');
    const session = field(query, 'add') === 'yes' ? await this.sessions.resolve(request) : undefined;
    this.before.keep(response, {
      handshake: answer.handshake,
      returnTo: wanted === '' ? (returnTo ?? '/') : ownPath(wanted),
      ...(invitation !== undefined && { invitation }),
      ...(session?.tenantId && { link: { personId: session.personId, tenantId: session.tenantId, provider } }),
    });
    response.redirect(303, answer.url);
  }

  private async comeBack(provider: 'google' | 'microsoft', request: Request, response: Response): Promise<void> {
    const { handshake = {}, invitation, link, returnTo = '/' } = this.before.read(request);
    const answer = await this[provider].ask(request, handshake);
    if (answer.kind !== 'confirmed')
      return this.refuse(request, response, provider, answer.kind === 'refused' ? answer.cause : 'no answer in it');
    try {
      if (link) return await this.add(request, response, answer.profile, link, returnTo);
      const admitted = await this.admission.admit(answer.profile, invitation);
      response.redirect(303, await this.entrance.enter(request, response, admitted));
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      response.status(403);
      this.pages.sendSignIn(response, { returnTo, problem: error.message });
    }
  }

  /** Only for the person who began it: the browser may have changed hands on the way. */
  private async add(
    request: Request,
    response: Response,
    confirmed: Confirmed,
    link: { personId: string; tenantId: string },
    returnTo: string,
  ): Promise<void> {
    const session = await this.sessions.resolve(request);
    if (session?.personId !== link.personId)
      throw new IdentityRefusal('not_confirmed', 'You were signed out on the way. Sign in and try again.');
    const actor = { kind: 'person', id: link.personId, label: session.personName, ...(request.ip && { sourceIp: request.ip }) } as const;
    await this.identities.add({ actor, ...link }, confirmed);
    this.before.forget(response);
    response.redirect(303, returnTo);
  }

  /** The invitation stays at hand, so that another way can be tried. */
  private refuse(request: Request, response: Response, provider: 'google' | 'microsoft', cause: string): void {
    this.log.warn(`${provider} sign-in refused: ${cause}`);
    const { invitation, returnTo = '/' } = this.before.read(request);
    if (invitation === undefined) this.before.forget(response);
    else this.before.keep(response, { invitation, returnTo });
    response.status(403);
    this.pages.sendSignIn(response, { returnTo, problem: NOT_CONFIRMED[provider] });
  }
}
