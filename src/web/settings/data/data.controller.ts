import { Body, Get, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { Certificates } from '../../../lifecycle/erasure/certificates.js';
import { Flows } from '../../../lifecycle/data-flows.js';
import { Retention } from '../../../lifecycle/retention.js';
import { notFound } from '../../../domain/refusal.js';
import { partial, refreshed, seeOther, view, type PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { byId } from '../../http/shapes.js';
import { problemFrom, SettingsPages } from '../settings-pages.js';
import { DataPages } from './data-pages.js';
import { isLive, runProgress } from './data-presenter.js';

const HERE = '/settings/data';
const years = z.enum(['ever', '1', '3', '7', '10']).transform((text) => (text === 'ever' ? null : Number.parseInt(text, 10)));
const days = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform((text) => Number.parseInt(text, 10));
const policyForm = z.object({ documentsYears: years, rawDays: days, logDays: days, auditYears: years });

/** How long things are kept, what would go, and what went. */
@PageController('settings/data')
export class DataController {
  constructor(
    private readonly retention: Retention,
    private readonly flows: Flows,
    private readonly certificates: Certificates,
    private readonly data: DataPages,
    private readonly pages: SettingsPages,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.data.view(request, caller);
  }

  /** Counts and changes nothing; an address that can be opened again, for instance after a fresh proof. */
  @Get('dry-run')
  @Requires('tenant.manage')
  async dryRun(
    @CurrentCaller() caller: Caller,
    @Query({ schema: policyForm }) policy: z.infer<typeof policyForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      return await this.data.view(request, caller, { dryRun: await this.retention.dryRun(caller.tenantId, policy) });
    } catch (error) {
      return await this.data.view(request, caller, { problem: problemFrom(error), policy });
    }
  }

  @Post()
  @Requires('tenant.manage', { stepUp: true })
  async save(
    @CurrentCaller() caller: Caller,
    @Body({ schema: policyForm }) policy: z.infer<typeof policyForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      await this.retention.save(caller, policy);
    } catch (error) {
      return await this.data.view(request, caller, { problem: problemFrom(error), policy });
    }
    return seeOther(`${HERE}?saved=yes`);
  }

  @Post('clean-up')
  @Requires('tenant.manage', { stepUp: true })
  async cleanUp(@CurrentCaller() caller: Caller): Promise<PageAnswer> {
    await this.retention.cleanUp(caller);
    return seeOther(HERE);
  }

  @Get('runs/:id/progress')
  @Requires('settings.read')
  async progress(@CurrentCaller() caller: Caller, @Param({ schema: byId }) { id }: z.infer<typeof byId>): Promise<PageAnswer> {
    const run = (await this.retention.runs(caller.tenantId)).find((one) => one.id === id);
    if (!run) throw notFound('This clean-up');
    if (!isLive(run)) return refreshed(HERE);
    return partial('progress', runProgress(run));
  }

  /** Which systems take part, where they are, and what goes there: from how this installation is configured. */
  @Get('flows')
  @Requires('settings.read')
  async showFlows(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    const frame = await this.pages.frame(request, 'data', { editable: true });
    const flows = await this.flows.of(caller.tenantId);
    return view('settings/data-flows', { ...frame, ...flows, publicKey: this.certificates.publicKey });
  }
}
