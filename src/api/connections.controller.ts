import { Get } from '@nestjs/common';
import { z } from 'zod';
import { ConnectionQuery } from '../billing/queries/connection-query.js';
import { CurrentCaller, type Caller } from '../identity/caller.js';
import { Requires } from '../identity/requires.js';
import { ApiResource, Describe } from './resource.js';
import { civilDateSchema, idSchema, instantSchema, listOf, named, syncRun } from './shapes.js';

const connection = named(
  'Connection',
  z.object({
    id: idSchema,
    connector: z.string(),
    label: z.string(),
    account: z.object({ externalId: z.string(), label: z.string() }),
    state: z.enum(['connected', 'needs_reconnect', 'disconnected']),
    capabilities: z.object({ billingSource: z.boolean(), accountingLedger: z.boolean(), paymentSink: z.boolean() }),
    health: z
      .object({ ok: z.boolean(), sentence: z.string(), missing: z.array(z.object({ permission: z.string(), how: z.string() })) })
      .optional(),
    paused: z.object({ by: z.string(), at: instantSchema }).optional(),
    posting: z.object({ mode: z.enum(['preview', 'live']), goLiveDate: civilDateSchema.optional() }).optional(),
    budget: z.object({ left: z.int(), limit: z.int().optional(), day: civilDateSchema }).optional(),
    schedules: z.array(
      z.object({
        id: idSchema,
        kind: z.enum(['pull', 'sweep', 'post', 'settle']),
        intervalMinutes: z.int(),
        nextDueAt: instantSchema,
        paused: z.boolean(),
      }),
    ),
    lastRun: syncRun.optional(),
    running: syncRun.optional(),
    setAside: z.int(),
    locations: z.array(
      z.object({ externalId: z.string(), name: z.string(), sourceConnectionId: idSchema, ledgerConnectionId: idSchema.optional() }),
    ),
  }),
);
const connections = listOf('Connections', connection);

@ApiResource('connections')
export class ConnectionsController {
  constructor(private readonly reading: ConnectionQuery) {}

  @Get()
  @Requires('connection.read')
  @Describe({ summary: 'Connections with health, schedule, last run and requests left today', answers: { 200: connections } })
  async list(@CurrentCaller() caller: Caller): Promise<z.infer<typeof connections>> {
    return { items: await this.reading.list(caller), next: null };
  }
}
