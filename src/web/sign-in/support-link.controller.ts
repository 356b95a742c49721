import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DateTime } from 'luxon';
import { Public } from '../../identity/requires.js';
import { roleLabel } from '../../identity/role-label.js';
import { BeforeSignIn } from '../../identity/sign-in/before-sign-in.js';
import { codeOfLink } from '../../identity/sign-in/link.js';
import { SupportAccess } from '../../identity/support-access.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { SignInPages } from './sign-in-pages.js';

const USED = 'This link was used before, has run out or was ended. Ask the company for a new one.';

/** The one-time link that an owner hands to somebody of the operator. */
@PageController('')
export class SupportLinkController {
  constructor(
    private readonly support: SupportAccess,
    private readonly before: BeforeSignIn,
    private readonly pages: SignInPages,
  ) {}

  @Post('sign-in/support/link')
  @Public('the link of a support access is opened by somebody who is no member')
  open(@Body() body: unknown, @Res({ passthrough: true }) response: Response): PageAnswer {
    this.before.keep(response, { support: codeOfLink(body) });
    return seeOther('/sign-in/support');
  }

  /** Programs that look at links before people do must not use it up. */
  @Get('sign-in/support')
  @Public('shows what the link that was opened gives; it is the proof')
  async show(@Req() request: Request): Promise<PageAnswer> {
    const { support: code } = this.before.read(request);
    if (code === undefined) return this.pages.linkPage('support');
    const opened = await this.support.byLink(code);
    if (!opened) return this.refuse();
    const { tenantName: tenant, operator, role, expiresAt } = opened;
    const page = {
      tenant,
      operator,
      roleLabel: roleLabel(role),
      until: DateTime.fromJSDate(expiresAt, { zone: 'utc' }).toFormat("d LLLL yyyy, HH:mm 'UTC'"),
    };
    return this.pages.view('sign-in/support', { shell: this.pages.shell(`Support for ${tenant}`), ...page });
  }

  @Post('sign-in/support')
  @Public('uses the link of a support access; it is the proof')
  async enter(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<PageAnswer> {
    const entered = await this.support.enter(request, response, this.before.read(request).support ?? '');
    if (!entered) return this.refuse();
    this.before.forget(response);
    return seeOther('/');
  }

  @Post('support-exit')
  @Public('ends the support session that the cookie names, if there is one')
  async leave(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<PageAnswer> {
    await this.support.leave(request, response);
    return seeOther('/sign-in');
  }

  private refuse(): PageAnswer {
    return this.pages.signIn({ returnTo: '/', problem: USED }, 410);
  }
}
