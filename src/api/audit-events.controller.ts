import { pipeline } from 'node:stream/promises';
import { Get, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { AuditExport, type ExportFormat } from '../billing/queries/audit-export.js';
import { AuditQuery } from '../billing/queries/audit-query.js';
import { CurrentCaller, type Caller } from '../identity/caller.js';
import { Requires } from '../identity/requires.js';
import { askedInstant } from '../platform/http/date-input.js';
import { ApiResource, Describe } from './resource.js';
import { idSchema, instantSchema, listOf, named, paging } from './shapes.js';

const word = z.string().min(1).max(100);
const category = z.enum(['business', 'security']);
const filter = {
  subjectKind: word.optional(),
  subjectId: word.optional(),
  action: word.optional(),
  category: category.optional(),
  actor: word.optional(),
  from: askedInstant.optional(),
  to: askedInstant.optional(),
};
const listQuery = z.strictObject({ ...filter, ...paging });
const exportQuery = z.strictObject(filter);

const facts = z.record(z.string(), z.unknown());
const auditEvent = named(
  'AuditEvent',
  z.object({
    id: idSchema,
    at: instantSchema,
    actor: z.object({ kind: z.enum(['person', 'api_key', 'system', 'operator']), id: z.string(), label: z.string() }),
    action: z.string(),
    category,
    subject: z.object({ kind: z.string(), id: z.string() }),
    before: facts.optional(),
    after: facts.optional(),
    sourceIp: z.string().optional(),
  }),
);
const auditEvents = listOf('AuditEvents', auditEvent);
const everyEvent = named('AuditExport', z.array(auditEvent));

@ApiResource('audit-events')
export class AuditEventsController {
  constructor(
    private readonly reading: AuditQuery,
    private readonly exports: AuditExport,
  ) {}

  @Get()
  @Requires('audit.read')
  @Describe({ summary: 'Who did what, when; newest first', answers: { 200: auditEvents }, problems: [422] })
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<z.infer<typeof auditEvents>> {
    return await this.reading.list(caller, query);
  }

  @Get('export.csv')
  @Requires('audit.read', { stepUp: true })
  @Describe({ summary: 'The audit log as CSV, streamed; the export is logged, too', answers: { 200: 'text/csv' } })
  async csv(
    @CurrentCaller() caller: Caller,
    @Query({ schema: exportQuery }) query: z.infer<typeof exportQuery>,
    @Res() response: Response,
  ): Promise<void> {
    await this.send(response, caller, query, 'csv');
  }

  @Get('export.json')
  @Requires('audit.read', { stepUp: true })
  @Describe({ summary: 'The audit log as JSON, streamed; the export is logged, too', answers: { 200: everyEvent } })
  async json(
    @CurrentCaller() caller: Caller,
    @Query({ schema: exportQuery }) query: z.infer<typeof exportQuery>,
    @Res() response: Response,
  ): Promise<void> {
    await this.send(response, caller, query, 'json');
  }

  private async send(response: Response, caller: Caller, query: z.infer<typeof exportQuery>, format: ExportFormat): Promise<void> {
    const { name, type, content } = await this.exports.of(caller, query, format);
    response.set({ 'content-type': type, 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'no-store' });
    await pipeline(content, response);
  }
}
