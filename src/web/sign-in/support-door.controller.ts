import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DateTime } from 'luxon';
import { Public } from '../../identity/requires.js';
import { roleLabel } from '../../identity/role-label.js';
import { SupportAccess } from '../../identity/support-access.js';
import { SignInPages } from './sign-in-pages.js';

const USED = 'This link was used before, has run out or was ended. Ask the company for a new one.';

/** The one-time link that an owner hands to somebody of the operator. */
@Controller()
export class SupportDoorController {
  constructor(
    private readonly support: SupportAccess,
    private readonly pages: SignInPages,
  ) {}

  /** Programs that look at links before people do must not use it up. */
  @Get('sign-in/support/:code')
  @Public('the link of a support access is opened by somebody who is no member; it is the proof')
  async show(@Param('code') code: string, @Res() response: Response): Promise<void> {
    const opened = await this.support.byLink(code);
    response.set('Referrer-Policy', 'no-referrer');
    if (!opened) {
      response.status(410);
      return this.pages.sendSignIn(response, { returnTo: '/', problem: USED });
    }
    const { tenantName: tenant, operator, role, expiresAt } = opened;
    const page = {
      tenant,
      operator,
      roleLabel: roleLabel(role),
      until: DateTime.fromJSDate(expiresAt, { zone: 'utc' }).toFormat("d LLLL yyyy, HH:mm 'UTC'"),
      code,
    };
    this.pages.send(response, 'sign-in/support', { shell: this.pages.shell(`Support for ${tenant}`), ...page });
  }

  @Post('sign-in/support/:code')
  @Public('uses the link of a support access; it is the proof')
  async enter(@Param('code') code: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (await this.support.enter(request, response, code)) return response.redirect(303, '/');
    response.status(410);
    this.pages.sendSignIn(response, { returnTo: '/', problem: USED });
  }

  @Post('support-exit')
  @Public('ends the support session that the cookie names, if there is one')
  async leave(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.support.leave(request, response);
    response.redirect(303, '/sign-in');
  }
}
