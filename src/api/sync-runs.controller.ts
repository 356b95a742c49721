import { Body, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { SyncRunQuery } from '../billing/queries/sync-run-query.js';
import { SyncRunCommands } from '../connections/sync-run-commands.js';
import { CurrentCaller, type Caller } from '../identity/caller.js';
import { Requires } from '../identity/requires.js';
import { ApiResource, Describe } from './resource.js';
import { idParameter, idSchema, SYNC_KINDS, syncRun } from './shapes.js';

const request = z.strictObject({ connectionId: idSchema, kind: z.enum(SYNC_KINDS).optional() });

@ApiResource('sync-runs')
export class SyncRunsController {
  constructor(
    private readonly commands: SyncRunCommands,
    private readonly runs: SyncRunQuery,
  ) {}

  @Post()
  @HttpCode(202)
  @Requires('sync.run')
  @Describe({
    summary: 'Start a run now; answers with the run of that kind that is already queued or running',
    answers: { 202: syncRun },
    problems: [404, 409, 422],
  })
  async request(
    @CurrentCaller() caller: Caller,
    @Body({ schema: request }) body: z.infer<typeof request>,
  ): Promise<z.infer<typeof syncRun>> {
    const run = await this.commands.request(caller, body.connectionId, body.kind);
    return await this.runs.one(caller, run.id);
  }

  @Get(':id')
  @Requires('connection.read')
  @Describe({ summary: 'Progress and outcome of a run', answers: { 200: syncRun }, problems: [404] })
  async one(
    @CurrentCaller() caller: Caller,
    @Param({ schema: idParameter }) params: z.infer<typeof idParameter>,
  ): Promise<z.infer<typeof syncRun>> {
    return await this.runs.one(caller, params.id);
  }
}
