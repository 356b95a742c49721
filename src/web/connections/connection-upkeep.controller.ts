import { Body, Delete, Param, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { PostingSwitch } from '../../billing/posting/posting-switch.js';
import { ConnectionQuery } from '../../billing/queries/connection-query.js';
import { Disconnect } from '../../connections/disconnect.js';
import { QuarantinedRecords } from '../../billing/invoices/quarantined-records.js';
import { ConnectionSettings } from '../../connections/settings.js';
import { SyncRunCommands } from '../../connections/sync-run-commands.js';
import { Refusal } from '../../domain/refusal.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { askedDay } from '../../platform/http/date-input.js';
import { refreshed, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { byId } from '../http/shapes.js';
import { ConnectionPages } from './connection-pages.js';
import { assertCanGoLive } from './go-live.js';

const goLiveForm = z.object({ date: z.string().max(20).default('') });
const nameForm = z.object({ name: z.string().max(1_000).default('') });

/** What people do with a connection that exists. */
@PageController('connections/:id')
export class ConnectionUpkeepController {
  constructor(
    private readonly settings: ConnectionSettings,
    private readonly runs: SyncRunCommands,
    private readonly disconnection: Disconnect,
    private readonly setAside: QuarantinedRecords,
    private readonly reading: ConnectionQuery,
    private readonly posting: PostingSwitch,
    private readonly pages: ConnectionPages,
  ) {}

  @Post('runs')
  @Requires('sync.run')
  async run(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.pages.afterwards(request, caller, id, undefined, () => this.runs.request(caller, id));
  }

  @Post('set-aside')
  @Requires('sync.run')
  async readAgain(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.pages.afterwards(request, caller, id, 'read-again', () => this.setAside.readAgain(caller, id));
  }

  @Post('check')
  @Requires('connection.manage')
  async check(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.pages.afterwards(request, caller, id, 'checked', () => this.settings.test(caller, id));
  }

  @Post('name')
  @Requires('connection.manage')
  async rename(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: nameForm }) { name }: z.infer<typeof nameForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.pages.afterwards(request, caller, id, 'name', () => this.settings.rename(caller, id, name));
  }

  @Post('pause')
  @Requires('connection.manage')
  async pause(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.pages.afterwards(request, caller, id, undefined, () => this.settings.pause(caller, id));
  }

  @Delete('pause')
  @Requires('connection.manage')
  async resume(@CurrentCaller() caller: Caller, @Param({ schema: byId }) { id }: z.infer<typeof byId>): Promise<PageAnswer> {
    await this.settings.resume(caller, id);
    return refreshed(`/connections/${id}`);
  }

  /** From preview to the real books: an owner's decision. */
  @Post('go-live')
  @Requires('tenant.manage', { stepUp: true })
  async goLive(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: goLiveForm }) { date }: z.infer<typeof goLiveForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.pages.afterwards(request, caller, id, undefined, async () => {
      if (!askedDay.safeParse(date).success)
        throw new Refusal('invalid', 'Choose the first day whose invoices are sent, like 2026-11-01.', { field: 'date' });
      assertCanGoLive(await this.reading.one(caller, id));
      await this.posting.goLive(caller, id, date);
    });
  }

  /** Mappings, schedules and history stay for a Reconnect. */
  @Delete()
  @Requires('connection.manage', { stepUp: true })
  async disconnect(@CurrentCaller() caller: Caller, @Param({ schema: byId }) { id }: z.infer<typeof byId>): Promise<PageAnswer> {
    await this.disconnection.end(caller, id);
    return refreshed(`/connections/${id}`);
  }
}
