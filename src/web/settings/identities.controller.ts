import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Identities } from '../../identity/identities.js';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { Requires } from '../../identity/requires.js';
import { Config } from '../../platform/config/config.js';
import { goTo, isHtmx } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { identitiesFields } from './identities-presenter.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';

const HERE = '/settings/account/identities';
const form = z.object({ issuer: z.string().min(1).max(500), subject: z.string().min(1).max(500) });

/** A person's own ways of signing in. Adding one begins in the sign-in module, where it also comes back. */
@PageController('settings/account/identities')
export class IdentitiesController {
  constructor(
    private readonly identities: Identities,
    private readonly pages: SettingsPages,
    private readonly config: Config,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.send(request, response, caller);
  }

  @Post('removal')
  @Requires('settings.read', { stepUp: true })
  async remove(
    @CurrentCaller() caller: Caller,
    @Body({ schema: form }) wanted: z.infer<typeof form>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    try {
      if (caller.personId === undefined) throw new IdentityRefusal('not_found', 'A key has no ways of signing in.');
      await this.identities.remove({ ...caller, personId: caller.personId }, wanted);
    } catch (error) {
      if (isHtmx(request)) throw error;
      return await this.send(request, response, caller, problemFrom(error));
    }
    goTo(request, response, `${HERE}?saved=yes`);
  }

  private async send(request: Request, response: Response, caller: Caller, problem?: SettingsProblem): Promise<void> {
    const [frame, identities] = await Promise.all([
      this.pages.frame(request, 'identities', { editable: true, problem: problem?.sentence }),
      caller.personId === undefined ? [] : this.identities.list(caller.personId),
    ]);
    this.pages.send(response, 'identities', { ...frame, ...identitiesFields(identities, caller.cameBy, this.config) }, problem?.status);
  }
}
