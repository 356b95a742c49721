import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { SignInRequired } from '../../identity/access-refused.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { passkeyName, Passkeys } from '../../identity/passkeys.js';
import { Requires } from '../../identity/requires.js';
import { SecondFactors } from '../../identity/second-factors.js';
import { SecurityTrail, type FACTOR_NEWS, type SecurityAction } from '../../identity/security-trail.js';
import { Sessions } from '../../identity/sessions.js';
import { PersonCopies } from '../../lifecycle/export/person-copy.js';
import { goTo } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { deviceName } from './device-name.js';
import { sendPersonCopy } from './person-copy-file.js';
import { SettingsPages } from './settings-pages.js';

const HERE = '/settings/account';
const passkeyForm = z.object({ id: z.string().min(1).max(2_000) });
const renameForm = passkeyForm.extend({ name: passkeyName.min(1, 'Give it a name.') });
const deviceForm = z.object({ ref: z.uuid() });

/** What every person looks after themselves: their second factor, and where they are signed in. */
@PageController('settings/account')
export class AccountController {
  constructor(
    private readonly sessions: Sessions,
    private readonly factors: SecondFactors,
    private readonly passkeys: Passkeys,
    private readonly trail: SecurityTrail,
    private readonly copies: PersonCopies,
    private readonly pages: SettingsPages,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.send(request, response, caller, []);
  }

  @Post('authenticator/removal')
  @Requires('settings.read', { stepUp: true })
  async removeAuthenticator(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (await this.factors.remove(personOf(caller)))
      await this.note(caller, 'security.factor_removed', { factor: 'authenticator' }, 'authenticatorRemoved');
    goTo(request, response, `${HERE}?saved=yes`);
  }

  @Post('passkeys/name')
  @Requires('settings.read')
  async renamePasskey(
    @CurrentCaller() caller: Caller,
    @Body({ schema: renameForm }) { id, name }: z.infer<typeof renameForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (await this.passkeys.rename(personOf(caller), id, name))
      await this.note(caller, 'security.factor_renamed', { factor: 'passkey', name });
    goTo(request, response, `${HERE}?saved=yes`);
  }

  @Post('passkeys/removal')
  @Requires('settings.read', { stepUp: true })
  async removePasskey(
    @CurrentCaller() caller: Caller,
    @Body({ schema: passkeyForm }) { id }: z.infer<typeof passkeyForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (await this.passkeys.remove(personOf(caller), id))
      await this.note(caller, 'security.factor_removed', { factor: 'passkey' }, 'passkeyRemoved');
    goTo(request, response, `${HERE}?saved=yes`);
  }

  /** Answers with the page itself: the codes stand on it and nowhere else. */
  @Post('recovery-codes')
  @Requires('settings.read', { stepUp: true })
  async replaceCodes(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (!(await this.factors.hasAny(personOf(caller)))) return response.redirect(303, HERE);
    const codes = await this.factors.newRecoveryCodes(personOf(caller));
    await this.note(caller, 'security.recovery_codes_replaced', undefined, 'codesMade');
    await this.send(request, response, caller, codes);
  }

  /** By a form of ours and never by an address: handing it out is recorded, and another site must not start it. */
  @Post('copy')
  @Requires('settings.read', { stepUp: true })
  async copy(@CurrentCaller() caller: Caller, @Res() response: Response): Promise<void> {
    sendPersonCopy(response, await this.copies.own(caller));
  }

  @Post('devices/removal')
  @Requires('settings.read')
  async endOne(
    @CurrentCaller() caller: Caller,
    @Body({ schema: deviceForm }) { ref }: z.infer<typeof deviceForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (await this.sessions.endOneOf(personOf(caller), ref)) await this.note(caller, 'session.ended_elsewhere', { session: ref });
    goTo(request, response, `${HERE}?saved=yes`);
  }

  /** This one, too: whoever is unsure who else is in wants nobody left inside. */
  @Post('devices/removal-of-all')
  @Requires('settings.read')
  async endAll(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.note(caller, 'session.ended_everywhere');
    await this.sessions.endAllOf(personOf(caller));
    await this.sessions.end(request, response);
    goTo(request, response, '/sign-in');
  }

  private async note(caller: Caller, action: SecurityAction, after?: object, news?: keyof typeof FACTOR_NEWS): Promise<void> {
    const who = { personId: personOf(caller), personName: caller.actor.label, tenantId: caller.tenantId };
    await this.trail.note(who, caller.actor.sourceIp, { action, ...(after && { after }), ...(news && { news }) });
  }

  private async send(request: Request, response: Response, caller: Caller, newCodes: string[]): Promise<void> {
    const { personId } = caller;
    const [frame, factors, passkeys, devices] = await Promise.all([
      this.pages.frame(request, 'account', { editable: personId !== undefined }),
      personId === undefined ? { since: null, codesLeft: 0 } : this.factors.of(personId),
      personId === undefined ? [] : this.passkeys.of(personId),
      personId === undefined ? [] : this.sessions.devicesOf(personId),
    ]);
    this.pages.send(response, 'account', {
      ...frame,
      authenticatorSince: factors.since?.toISOString() ?? '',
      hasFactor: factors.since !== null || passkeys.length > 0,
      passkeys: passkeys.map(({ credentialId, name, createdAt, lastUsedAt }) => ({
        id: credentialId,
        name,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString() ?? '',
      })),
      codesLeft: factors.codesLeft,
      newCodes,
      devices: devices.map(({ ref, tenantName, createdAt, lastSeenAt, userAgent, ip }) => ({
        ref,
        name: deviceName(userAgent),
        ip: ip ?? '',
        tenantName: tenantName ?? '',
        createdAt: createdAt.toISOString(),
        lastSeenAt: lastSeenAt.toISOString(),
        current: ref === caller.sessionRef,
      })),
    });
  }
}

/** A key has no account. */
function personOf({ personId }: Caller): string {
  if (personId === undefined) throw new SignInRequired();
  return personId;
}
