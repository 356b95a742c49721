import { Body, Get, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import { ConnectionQuery, type ConnectionDetail } from '../../billing/queries/connection-query.js';
import { CodeMappings } from '../../connections/code-mappings.js';
import { may } from '../../domain/role.js';
import { Refusal } from '../../domain/refusal.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { missingCodes } from '../connections/code-choices.js';
import { ConnectionViews } from '../connections/connection-views.js';
import { locationChoices, statusChoices, statusEdits } from '../connections/mapping-choices.js';
import { MappingForms } from '../connections/mapping-forms.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { anyQuery as anyForm } from '../http/shapes.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';

type Form = z.infer<typeof anyForm>;

/** The mappings of all connections in one place; each also stands on the page of its connection. */
@PageController('settings')
export class MappingSettingsController {
  constructor(
    private readonly reading: ConnectionQuery,
    private readonly mappings: CodeMappings,
    private readonly connections: ConnectionViews,
    private readonly forms: MappingForms,
    private readonly pages: SettingsPages,
  ) {}

  @Get('statuses')
  @Requires('settings.read')
  async showStatuses(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.statuses(request, caller);
  }

  @Post('statuses')
  @Requires('connection.manage')
  async saveStatuses(@CurrentCaller() caller: Caller, @Body({ schema: anyForm }) form: Form, @Req() request: Request): Promise<PageAnswer> {
    try {
      const source = await this.source(caller);
      if (!source) throw new Refusal('conflict', 'Nothing is connected that has statuses.');
      const edits = statusEdits(form, source.mappings);
      if (edits.length > 0) await this.mappings.edit(caller, source.id, edits);
    } catch (error) {
      return await this.statuses(request, caller, problemFrom(error));
    }
    return seeOther('/settings/statuses?saved=yes');
  }

  @Get('codes')
  @Requires('settings.read')
  async showCodes(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.codes(request, caller);
  }

  @Post('codes')
  @Requires('connection.manage')
  async saveCodes(@CurrentCaller() caller: Caller, @Body({ schema: anyForm }) form: Form, @Req() request: Request): Promise<PageAnswer> {
    try {
      await this.forms.saveLocations(caller, form);
    } catch (error) {
      return await this.codes(request, caller, problemFrom(error));
    }
    return seeOther('/settings/codes?saved=yes');
  }

  private async statuses(request: Request, caller: Caller, problem?: SettingsProblem): Promise<PageAnswer> {
    const editable = may(caller, 'connection.manage');
    const [frame, source] = await Promise.all([
      this.pages.frame(request, 'statuses', { editable, problem: problem?.sentence }),
      this.source(caller),
    ]);
    const statuses = source ? ((await this.mappings.statuses(caller.tenantId, source.id)) ?? []) : [];
    const page = {
      ...frame,
      ...(source && { source: { label: source.label } }),
      rows: source ? statusChoices(statuses, source.mappings) : [],
    };
    return this.pages.view('statuses', page, problem?.status);
  }

  private async codes(request: Request, caller: Caller, problem?: SettingsProblem): Promise<PageAnswer> {
    const editable = may(caller, 'connection.manage');
    const [frame, items] = await Promise.all([
      this.pages.frame(request, 'codes', { editable, problem: problem?.sentence }),
      this.reading.list(caller),
    ]);
    const ledgers = [];
    for (const { id, label, account } of items.filter(
      ({ capabilities, state }) => capabilities.accountingLedger && state !== 'disconnected',
    )) {
      const missing = missingCodes(await this.connections.codeFacts(caller, await this.reading.one(caller, id)));
      ledgers.push({ label: `${label} · ${account.label}`, href: `/connections/${id}#mapping`, missing });
    }
    return this.pages.view('codes', { ...frame, locations: locationChoices(items), ledgers }, problem?.status);
  }

  /** The system that invoices come from. */
  private async source(caller: Caller): Promise<ConnectionDetail | undefined> {
    const item = (await this.reading.list(caller)).find(
      ({ capabilities, state }) => capabilities.billingSource && state !== 'disconnected',
    );
    return item && (await this.reading.one(caller, item.id));
  }
}
