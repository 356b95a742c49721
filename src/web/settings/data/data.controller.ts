import { Body, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { Certificates } from '../../../lifecycle/erasure/certificates.js';
import { Flows } from '../../../lifecycle/data-flows.js';
import { Retention } from '../../../lifecycle/retention.js';
import { notFound } from '../../../domain/refusal.js';
import { refresh, sendHtml } from '../../http/htmx.js';
import { PageController } from '../../http/page.js';
import { byId } from '../../http/shapes.js';
import { ViewEngine } from '../../view-engine.js';
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
    private readonly views: ViewEngine,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.data.send(request, response, caller);
  }

  /** Counts and changes nothing; an address that can be opened again, for instance after a fresh proof. */
  @Get('dry-run')
  @Requires('tenant.manage')
  async dryRun(
    @CurrentCaller() caller: Caller,
    @Query({ schema: policyForm }) policy: z.infer<typeof policyForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    try {
      await this.data.send(request, response, caller, { dryRun: await this.retention.dryRun(caller.tenantId, policy) });
    } catch (error) {
      await this.data.send(request, response, caller, { problem: problemFrom(error), policy });
    }
  }

  @Post()
  @Requires('tenant.manage', { stepUp: true })
  async save(
    @CurrentCaller() caller: Caller,
    @Body({ schema: policyForm }) policy: z.infer<typeof policyForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    try {
      await this.retention.save(caller, policy);
    } catch (error) {
      return await this.data.send(request, response, caller, { problem: problemFrom(error), policy });
    }
    response.redirect(303, `${HERE}?saved=yes`);
  }

  @Post('clean-up')
  @Requires('tenant.manage', { stepUp: true })
  async cleanUp(@CurrentCaller() caller: Caller, @Res() response: Response): Promise<void> {
    await this.retention.cleanUp(caller);
    response.redirect(303, HERE);
  }

  @Get('runs/:id/progress')
  @Requires('settings.read')
  async progress(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const run = (await this.retention.runs(caller.tenantId)).find((one) => one.id === id);
    if (!run) throw notFound('This clean-up');
    if (!isLive(run)) return refresh(request, response, HERE);
    sendHtml(response, this.views.renderPartial('progress', runProgress(run)));
  }

  /** Which systems take part, where they are, and what goes there: from how this installation is configured. */
  @Get('flows')
  @Requires('settings.read')
  async showFlows(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    const frame = await this.pages.frame(request, 'data', { editable: true });
    const flows = await this.flows.of(caller.tenantId);
    sendHtml(response, this.views.render('settings/data-flows', { ...frame, ...flows, publicKey: this.certificates.publicKey }));
  }
}
