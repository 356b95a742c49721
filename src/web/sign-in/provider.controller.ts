import { Get, Logger, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Identities } from '../../identity/identities.js';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { Public } from '../../identity/requires.js';
import { Sessions } from '../../identity/sessions.js';
import { Admission } from '../../identity/sign-in/admission.js';
import { BeforeSignIn, ownPath, type BeforeSignInState } from '../../identity/sign-in/before-sign-in.js';
import type { Confirmed, Provider } from '../../identity/sign-in/confirmed.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { SessionLifecycle } from '../../identity/sign-in/session-lifecycle.js';
import { field, SignInPages } from './sign-in-pages.js';

/**
 * Out to a provider and back. `?add=yes` adds the account to the person who is signed in and has said so on their own
 * settings a moment ago; the address alone adds nothing, or another site could have its own account added.
 */
@PageController('sign-in')
export class ProviderController {
  private readonly log = new Logger('sign-in');

  constructor(
    private readonly before: BeforeSignIn,
    private readonly admission: Admission,
    private readonly identities: Identities,
    private readonly lifecycle: SessionLifecycle,
    private readonly sessions: Sessions,
    private readonly pages: SignInPages,
  ) {}

  @Get('google')
  @Public('leads to Google to sign in')
  async toGoogle(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Query() query: unknown): Promise<PageAnswer> {
    return await this.leave('google', request, response, query);
  }

  @Get('google/callback')
  @Public('the way back from Google, which is what signs the person in')
  async fromGoogle(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<PageAnswer> {
    return await this.comeBack('google', request, response);
  }

  @Get('microsoft')
  @Public('leads to Microsoft to sign in')
  async toMicrosoft(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Query() query: unknown): Promise<PageAnswer> {
    return await this.leave('microsoft', request, response, query);
  }

  @Get('microsoft/callback')
  @Public('the way back from Microsoft, which is what signs the person in')
  async fromMicrosoft(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<PageAnswer> {
    return await this.comeBack('microsoft', request, response);
  }

  @Get('oidc')
  @Public('leads to the company’s own provider to sign in')
  async toCompany(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Query() query: unknown): Promise<PageAnswer> {
    return await this.leave('oidc', request, response, query);
  }

  @Get('oidc/callback')
  @Public('the way back from the company’s own provider, which is what signs the person in')
  async fromCompany(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<PageAnswer> {
    return await this.comeBack('oidc', request, response);
  }

  private async leave(provider: Provider, request: Request, response: Response, query: unknown): Promise<PageAnswer> {
    const { invitation, returnTo, link } = this.before.read(request);
    const adds = field(query, 'add') === 'yes' && link?.provider === provider;
    const answer = await this.pages.provider(provider).ask(request, {}, { choose: adds });
    if (answer.kind !== 'redirect')
      return this.refuse(request, response, provider, answer.kind === 'refused' ? answer.cause : 'unasked answer');
    const wanted = field(query, 'returnTo');
    this.before.keep(response, {
      handshake: { [provider]: answer.handshake },
      returnTo: wanted === '' ? (returnTo ?? '/') : ownPath(wanted),
      ...(invitation !== undefined && { invitation }),
      ...(adds && { link }),
    });
    return seeOther(answer.url);
  }

  private async comeBack(provider: Provider, request: Request, response: Response): Promise<PageAnswer> {
    const { handshake = {}, invitation, link, returnTo = '/' } = this.before.read(request);
    // What one provider was asked never counts as an answer of another.
    const answer = await this.pages.provider(provider).ask(request, handshakeOf(handshake, provider));
    if (answer.kind !== 'confirmed')
      return this.refuse(request, response, provider, answer.kind === 'refused' ? answer.cause : 'no answer in it');
    try {
      if (link) return await this.add(request, response, answer.profile, link, returnTo);
      const admitted = await this.admission.admit(answer.profile, invitation);
      return seeOther(await this.lifecycle.enter(request, response, admitted));
    } catch (error) {
      if (!(error instanceof IdentityRefusal)) throw error;
      this.keepInvitation(response, invitation, returnTo);
      return this.pages.signIn({ returnTo, problem: error.message }, 403);
    }
  }

  /** Only for the person who began it: the browser may have changed hands on the way. */
  private async add(
    request: Request,
    response: Response,
    confirmed: Confirmed,
    link: NonNullable<BeforeSignInState['link']>,
    returnTo: string,
  ): Promise<PageAnswer> {
    const session = await this.sessions.resolve(request);
    if (session?.personId !== link.personId)
      throw new IdentityRefusal('not_confirmed', 'You were signed out on the way. Sign in and try again.');
    const actor = { kind: 'person', id: link.personId, label: session.personName, ...(request.ip && { sourceIp: request.ip }) } as const;
    await this.identities.add({ actor, ...link }, confirmed);
    this.before.forget(response);
    return seeOther(returnTo);
  }

  private refuse(request: Request, response: Response, provider: Provider, cause: string): PageAnswer {
    this.log.warn(`${provider} sign-in refused: ${cause}`);
    const { invitation, returnTo = '/' } = this.before.read(request);
    this.keepInvitation(response, invitation, returnTo);
    return this.pages.signIn({ returnTo, problem: this.pages.notConfirmed(provider) }, 403);
  }

  /** The invitation stays at hand, so that another way can be tried; what was asked of the provider does not. */
  private keepInvitation(response: Response, invitation: string | undefined, returnTo: string): void {
    if (invitation === undefined) this.before.forget(response);
    else this.before.keep(response, { invitation, returnTo });
  }
}

function handshakeOf(handshake: Record<string, unknown>, provider: Provider): Record<string, unknown> {
  const kept = handshake[provider];
  return typeof kept === 'object' && kept !== null ? { ...kept } : {};
}
