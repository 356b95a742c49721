import { Delete, Get, Param } from '@nestjs/common';
import { z } from 'zod';
import { SyncRunQuery } from '../../billing/queries/sync-run-query.js';
import { SyncRunCommands } from '../../connections/sync-run-commands.js';
import { may } from '../../domain/role.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { Clock } from '../../platform/clock/clock.js';
import { partial, refreshed, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { syncRunProgress } from './run-progress.js';

const runOfConnection = z.object({ connectionId: z.uuid(), runId: z.uuid() });

/** The line that follows a run, and its Stop. */
@PageController('connections/:connectionId/runs/:runId')
export class RunsController {
  constructor(
    private readonly runs: SyncRunQuery,
    private readonly commands: SyncRunCommands,
    private readonly clock: Clock,
  ) {}

  @Get('progress')
  @Requires('invoice.read')
  async progress(
    @CurrentCaller() caller: Caller,
    @Param({ schema: runOfConnection }) { runId }: z.infer<typeof runOfConnection>,
  ): Promise<PageAnswer> {
    const { label, ...run } = await this.runs.labelled(caller, runId);
    if (run.finishedAt !== undefined) return refreshed('/invoices');
    return partial('progress', syncRunProgress(run, label, this.clock.now(), may(caller, 'sync.run')));
  }

  @Delete()
  @Requires('sync.run')
  async stop(
    @CurrentCaller() caller: Caller,
    @Param({ schema: runOfConnection }) { connectionId, runId }: z.infer<typeof runOfConnection>,
  ): Promise<PageAnswer> {
    await this.commands.stop(caller, runId);
    return refreshed(`/connections/${connectionId}`);
  }
}
