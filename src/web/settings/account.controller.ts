import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { SignInRequired } from '../../identity/access-refused.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { SecondFactors } from '../../identity/second-factors.js';
import { SecurityTrail, type SecurityAction } from '../../identity/security-trail.js';
import { Sessions } from '../../identity/sessions.js';
import { goTo } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { deviceName } from './device-name.js';
import { SettingsPages } from './settings-pages.js';

const HERE = '/settings/account';
const deviceForm = z.object({ ref: z.uuid() });

/** What every person looks after themselves: their second factor, and where they are signed in. */
@PageController('settings/account')
export class AccountController {
  constructor(
    private readonly sessions: Sessions,
    private readonly factors: SecondFactors,
    private readonly trail: SecurityTrail,
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
    if (await this.factors.remove(personOf(caller))) await this.note(caller, 'security.factor_removed', { factor: 'authenticator' });
    goTo(request, response, `${HERE}?saved=yes`);
  }

  /** Answers with the page itself: the codes stand on it and nowhere else. */
  @Post('recovery-codes')
  @Requires('settings.read', { stepUp: true })
  async replaceCodes(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { since } = await this.factors.of(personOf(caller));
    if (since === null) return response.redirect(303, HERE);
    const codes = await this.factors.newRecoveryCodes(personOf(caller));
    await this.note(caller, 'security.recovery_codes_replaced');
    await this.send(request, response, caller, codes);
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

  private async note(caller: Caller, action: SecurityAction, after?: object): Promise<void> {
    const who = { personId: personOf(caller), personName: caller.actor.label, tenantId: caller.tenantId };
    await this.trail.note(who, caller.actor.sourceIp, { action, ...(after && { after }) });
  }

  private async send(request: Request, response: Response, caller: Caller, newCodes: string[]): Promise<void> {
    const { personId } = caller;
    const [frame, factors, devices] = await Promise.all([
      this.pages.frame(request, 'account', { editable: personId !== undefined }),
      personId === undefined ? { since: null, codesLeft: 0 } : this.factors.of(personId),
      personId === undefined ? [] : this.sessions.devicesOf(personId),
    ]);
    this.pages.send(response, 'account', {
      ...frame,
      authenticatorSince: factors.since?.toISOString() ?? '',
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
