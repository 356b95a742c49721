import { Body, Get, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { may } from '../../domain/role.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { FACTOR_DEMANDS, HOURS, IDLE_MINUTES, SessionRulesOfTenant, type SessionRules } from '../../identity/session-rules.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';

const HERE = '/settings/security';
const whole = ({ least, most }: { least: number; most: number }, what: string): z.ZodCoercedNumber =>
  z.coerce.number(`${what} is a whole number.`).int().min(least, `${what}: at least ${least}.`).max(most, `${what}: at most ${most}.`);
const form = z.object({
  secondFactor: z.enum(FACTOR_DEMANDS),
  idleMinutes: whole(IDLE_MINUTES, 'Minutes without use'),
  hours: whole(HOURS, 'Hours in all'),
});

const CHOICES: Readonly<Record<SessionRules['secondFactor'], string>> = {
  none: 'Nobody has to',
  admins: 'Owners and admins',
  everyone: 'Everybody',
};

/** What the company asks of sessions. An owner's alone. */
@PageController('settings/security')
export class SecurityController {
  constructor(
    private readonly rules: SessionRulesOfTenant,
    private readonly pages: SettingsPages,
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

  private async page(request: Request, caller: Caller, rules: SessionRules, problem?: SettingsProblem): Promise<PageAnswer> {
    const editable = may(caller, 'tenant.manage');
    const frame = await this.pages.frame(request, 'security', { editable, problem: problem?.sentence });
    const demands = FACTOR_DEMANDS.map((value) => ({ value, label: CHOICES[value], checked: value === rules.secondFactor }));
    const { idleMinutes, hours } = rules;
    return this.pages.view('security', { ...frame, demands, idleMinutes, hours }, problem?.status);
  }
}
