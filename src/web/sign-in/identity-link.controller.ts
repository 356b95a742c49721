import { Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { BeforeSignIn } from '../../identity/sign-in/before-sign-in.js';
import { PROVIDERS } from '../../identity/sign-in/confirmed.js';
import { goTo } from '../http/htmx.js';
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
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    if (personId === undefined) return response.redirect(303, HERE);
    this.before.keep(response, { link: { personId, tenantId, provider }, returnTo: HERE });
    goTo(request, response, `/sign-in/${provider}?add=yes`);
  }
}
