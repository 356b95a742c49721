import { Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { AuditReading } from '../billing/reading/audit-reading.js';
import { CurrentCaller, type Caller } from '../identity/caller.js';
import { Requires } from '../identity/requires.js';
import { ApiResource, Describe } from './resource.js';
import { id, instant, listOf, named, paging } from './shapes.js';

const word = z.string().min(1).max(100);
const listQuery = z.strictObject({ subjectKind: word.optional(), subjectId: word.optional(), action: word.optional(), ...paging });

const facts = z.record(z.string(), z.unknown());
const auditEvent = named(
  'AuditEvent',
  z.object({
    id,
    at: instant,
    actor: z.object({ kind: z.enum(['person', 'api_key', 'system', 'operator']), id: z.string(), label: z.string() }),
    action: z.string(),
    subject: z.object({ kind: z.string(), id: z.string() }),
    before: facts.optional(),
    after: facts.optional(),
    sourceIp: z.string().optional(),
  }),
);
const auditEvents = listOf('AuditEvents', auditEvent);

@ApiResource('audit-events')
export class AuditEventsController {
  constructor(private readonly reading: AuditReading) {}

  @Get()
  @Requires('audit.read')
  @Describe({ summary: 'Who did what, when; newest first', answers: { 200: auditEvents }, problems: [422] })
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<z.infer<typeof auditEvents>> {
    return await this.reading.list(caller, query);
  }
}
