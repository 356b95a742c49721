import { Body, Get, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Identities } from '../../identity/identities.js';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import { Requires } from '../../identity/requires.js';
import { Config } from '../../platform/config/config.js';
import { goTo, type PageAnswer } from '../http/answers.js';
import { isHtmx } from '../http/htmx.js';
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
  async show(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.page(request, caller);
  }

  @Post('removal')
  @Requires('settings.read', { stepUp: true })
  async remove(
    @CurrentCaller() caller: Caller,
    @Body({ schema: form }) wanted: z.infer<typeof form>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      if (caller.personId === undefined) throw new IdentityRefusal('not_found', 'A key has no ways of signing in.');
      await this.identities.remove({ ...caller, personId: caller.personId }, wanted);
    } catch (error) {
      if (isHtmx(request)) throw error;
      return await this.page(request, caller, problemFrom(error));
    }
    return goTo(`${HERE}?saved=yes`);
  }

  private async page(request: Request, caller: Caller, problem?: SettingsProblem): Promise<PageAnswer> {
    const [frame, identities] = await Promise.all([
      this.pages.frame(request, 'identities', { editable: true, problem: problem?.sentence }),
      caller.personId === undefined ? [] : this.identities.list(caller.personId),
    ]);
    return this.pages.view('identities', { ...frame, ...identitiesFields(identities, caller.cameBy, this.config) }, problem?.status);
  }
}
