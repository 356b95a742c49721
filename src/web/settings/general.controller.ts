import { Body, Get, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { DOCUMENT_LOCALES } from '../../billing/documents/render/brand.js';
import { may } from '../../domain/role.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Company, type CompanyDetails } from '../../identity/company.js';
import { Requires } from '../../identity/requires.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';
import type { GeneralPage, SettingsFrame } from './settings-view.js';

const REGIONS = new Intl.DisplayNames('en', { type: 'region' });
const form = z.object({
  name: z.string().max(1_000).default(''),
  timeZone: z.string().max(100).default(''),
  locale: z.enum(DOCUMENT_LOCALES).catch('en-US'),
  currency: z.string().max(10).default(''),
});

@PageController('settings/general')
export class GeneralController {
  constructor(
    private readonly company: Company,
    private readonly pages: SettingsPages,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.page(request, caller, await this.company.details(caller.tenantId));
  }

  @Post()
  @Requires('settings.manage')
  async save(
    @CurrentCaller() caller: Caller,
    @Body({ schema: form }) wanted: z.infer<typeof form>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      await this.company.change(caller, wanted);
    } catch (error) {
      return await this.page(request, caller, wanted, problemFrom(error));
    }
    return seeOther('/settings/general?saved=yes');
  }

  private async page(request: Request, caller: Caller, details: CompanyDetails, problem?: SettingsProblem): Promise<PageAnswer> {
    const frame = await this.pages.frame(request, 'general', {
      editable: may(caller, 'settings.manage'),
      problem: problem && 'Nothing was saved. See what is marked below.',
    });
    return this.pages.view('general', { ...frame, ...generalFields(details, problem) }, problem?.status);
  }
}

function generalFields(details: CompanyDetails, problem?: { sentence: string; field?: string }): Omit<GeneralPage, keyof SettingsFrame> {
  return {
    name: details.name,
    timeZone: details.timeZone,
    timeZones: [...Intl.supportedValuesOf('timeZone'), 'UTC'],
    locales: DOCUMENT_LOCALES.map((value) => ({ value, label: localeLabel(value), selected: value === details.locale })),
    currency: details.currency,
    currencies: Intl.supportedValuesOf('currency'),
    problems: problem ? { [problem.field ?? 'name']: problem.sentence } : {},
  };
}

/** 'United States: 11/30/2026, 1,234.50' */
function localeLabel(locale: string): string {
  const country = REGIONS.of(locale.slice(3)) ?? locale;
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone: 'UTC' }).format(Date.UTC(2026, 10, 30));
  return `${country}: ${day}`;
}
