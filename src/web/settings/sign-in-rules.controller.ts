import { Body, Get, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { may } from '../../domain/role.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { SIGN_IN_METHODS, SignInRulesOfTenant, type SignInRules, type SignInMethod } from '../../identity/sign-in/sign-in-policy.js';
import { Config, type Settings } from '../../platform/config/config.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { several } from '../http/shapes.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';
import type { SettingsFrame, SignInRulesPage } from './settings-view.js';

const HERE = '/settings/sign-in';
const lines = z
  .string()
  .max(5_000)
  .default('')
  .transform((text) => text.split(/[\s,;]+/).filter(Boolean));
const form = z.object({ ways: several.pipe(z.array(z.enum(SIGN_IN_METHODS))), directories: lines, googleDomains: lines });

/** Who may come in, and by which ways. An owner's alone: it can lock others out. */
@PageController('settings/sign-in')
export class SignInRulesController {
  constructor(
    private readonly rules: SignInRulesOfTenant,
    private readonly pages: SettingsPages,
    private readonly config: Config,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.page(request, caller, await this.rules.read(caller.tenantId));
  }

  @Post()
  @Requires('tenant.manage', { stepUp: true })
  async save(
    @CurrentCaller() caller: Caller,
    @Body({ schema: form }) wanted: z.infer<typeof form>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      await this.rules.change(caller, wanted);
    } catch (error) {
      return await this.page(request, caller, wanted, problemFrom(error));
    }
    return seeOther(`${HERE}?saved=yes`);
  }

  private async page(request: Request, caller: Caller, rules: SignInRules, problem?: SettingsProblem): Promise<PageAnswer> {
    const frame = await this.pages.frame(request, 'sign-in', {
      editable: may(caller, 'tenant.manage'),
      problem: problem && (problem.field === undefined ? problem.sentence : 'Nothing was saved. See what is marked below.'),
    });
    return this.pages.view('sign-in', { ...frame, ...signInRulesFields(rules, this.config, problem) }, problem?.status);
  }
}

type Installed = Pick<Settings, 'google' | 'microsoft' | 'oidc' | 'mail'>;

function signInRulesFields(
  { ways, directories, googleDomains }: SignInRules,
  installed: Installed,
  problem?: { sentence: string; field?: string },
): Omit<SignInRulesPage, keyof SettingsFrame> {
  return {
    ways: SIGN_IN_METHODS.map((value) => ({
      value,
      label: labelOf(value, installed),
      checked: ways.includes(value),
      missing: !isThere(value, installed),
    })),
    directories: directories.join('\n'),
    googleDomains: googleDomains.join('\n'),
    problems: problem?.field === undefined ? {} : { [problem.field]: problem.sentence },
  };
}

function labelOf(way: SignInMethod, { oidc }: Installed): string {
  return { google: 'Google', microsoft: 'Microsoft', oidc: oidc?.label ?? 'Company sign-in', email: 'A code or link sent by e-mail' }[way];
}

function isThere(way: SignInMethod, installed: Installed): boolean {
  return (way === 'email' ? installed.mail : installed[way]) !== undefined;
}
