import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { DOCUMENT_LOCALES } from '../../billing/documents/render/brand.js';
import { may } from '../../domain/role.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Company, type CompanyDetails } from '../../identity/company.js';
import { Requires } from '../../identity/requires.js';
import { PageController } from '../http/page.js';
import { generalFields } from './general-presenter.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';

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
  async show(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.send(request, response, caller, await this.company.details(caller.tenantId));
  }

  @Post()
  @Requires('settings.manage')
  async save(
    @CurrentCaller() caller: Caller,
    @Body({ schema: form }) wanted: z.infer<typeof form>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    try {
      await this.company.change(caller, wanted);
    } catch (error) {
      return await this.send(request, response, caller, wanted, problemFrom(error));
    }
    response.redirect(303, '/settings/general?saved=yes');
  }

  private async send(
    request: Request,
    response: Response,
    caller: Caller,
    details: CompanyDetails,
    problem?: SettingsProblem,
  ): Promise<void> {
    const frame = await this.pages.frame(request, 'general', {
      editable: may(caller, 'settings.manage'),
      problem: problem && 'Nothing was saved. See what is marked below.',
    });
    this.pages.send(response, 'general', { ...frame, ...generalFields(details, problem) }, problem?.status);
  }
}
