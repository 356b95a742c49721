import { Body, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { SyncRunCommands } from '../billing/queries/sync-run-commands.js';
import { CurrentCaller, type Caller } from '../identity/caller.js';
import { Requires } from '../identity/requires.js';
import { ApiResource, Describe } from './resource.js';
import { byId, id } from './shapes.js';
import { SYNC_KINDS, syncRun } from './sync-run-shape.js';

const request = z.strictObject({ connectionId: id, kind: z.enum(SYNC_KINDS).optional() });

@ApiResource('sync-runs')
export class SyncRunsController {
  constructor(private readonly desk: SyncRunCommands) {}

  @Post()
  @HttpCode(202)
  @Requires('sync.run')
  @Describe({
    summary: 'Read a connection now; a run of the kind that already waits or works is the answer',
    answers: { 202: syncRun },
    problems: [404, 409, 422],
  })
  async request(
    @CurrentCaller() caller: Caller,
    @Body({ schema: request }) body: z.infer<typeof request>,
  ): Promise<z.infer<typeof syncRun>> {
    return await this.desk.request(caller, body.connectionId, body.kind);
  }

  @Get(':id')
  @Requires('connection.read')
  @Describe({ summary: 'How far a run came and how it ended', answers: { 200: syncRun }, problems: [404] })
  async one(@CurrentCaller() caller: Caller, @Param({ schema: byId }) params: z.infer<typeof byId>): Promise<z.infer<typeof syncRun>> {
    return await this.desk.one(caller, params.id);
  }
}
