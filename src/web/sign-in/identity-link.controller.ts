import { Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { BeforeSignIn } from '../../identity/sign-in/before-sign-in.js';
import { PROVIDERS } from '../../identity/sign-in/confirmed.js';
import { goTo, seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';

const HERE = '/settings/account/identities';
const byProvider = z.object({ provider: z.enum(PROVIDERS) });

/** Where adding a way of signing in begins: by a form of ours, which no other site can send. */
@PageController('settings/account/identities')
export class IdentityLinkController {
  constructor(private readonly before: BeforeSignIn) {}

  @Post(':provider')
  @Requires('settings.read', { stepUp: true })
  begin(
    @CurrentCaller() { personId, tenantId }: Caller,
    @Param({ schema: byProvider }) { provider }: z.infer<typeof byProvider>,
    @Res({ passthrough: true }) response: Response,
  ): PageAnswer {
    if (personId === undefined) return seeOther(HERE);
    this.before.keep(response, { link: { personId, tenantId, provider }, returnTo: HERE });
    return goTo(`/sign-in/${provider}?add=yes`);
  }
}
