import { Readable, type Transform } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { type AuditFilter, AuditQuery, type AuditItem } from './audit-query.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

export type ExportFormat = 'csv' | 'json';

export interface AuditFile {
  name: string;
  type: string;
  content: Readable;
}

const COLUMNS = ['at', 'category', 'actorKind', 'actorId', 'actor', 'action', 'subjectKind', 'subjectId', 'before', 'after', 'sourceIp'];

/** Carries the audit log out, a slice at a time. That it was carried out, by whom and how much of it, is an event itself. */
@Injectable()
export class AuditExport {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly audit: AuditLog,
    private readonly reading: AuditQuery,
  ) {}

  async of(caller: Principal, filter: AuditFilter, format: ExportFormat): Promise<AuditFile> {
    await this.tx.run(caller.tenantId, () =>
      this.audit.record(caller.actor, {
        action: 'audit.exported',
        subject: { kind: 'tenant', id: caller.tenantId },
        after: { format, filter: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) },
      }),
    );
    const items = this.reading.all(caller, filter);
    if (format === 'json')
      return { name: 'audit-log.json', type: 'application/json; charset=utf-8', content: Readable.from(asJson(items)) };
    return { name: 'audit-log.csv', type: 'text/csv; charset=utf-8', content: asCsv(items) };
  }
}

async function* asJson(items: AsyncIterable<AuditItem>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const item of items) {
    yield `${before}${JSON.stringify(item)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** Begins with the mark of UTF-8, without which Excel reads names in the letters of another age; no cell is taken for a formula. */
function asCsv(items: AsyncIterable<AuditItem>): Transform {
  const table = stringify({ header: true, bom: true, escape_formulas: true, record_delimiter: 'windows', columns: COLUMNS });
  const rows = Readable.from(cells(items));
  rows.on('error', (error) => table.destroy(error));
  table.on('close', () => rows.destroy());
  return rows.pipe(table);
}

async function* cells(items: AsyncIterable<AuditItem>): AsyncGenerator<Record<string, string>> {
  for await (const { at, category, actor, action, subject, before, after, sourceIp } of items) {
    yield {
      at,
      category,
      actorKind: actor.kind,
      actorId: actor.id,
      actor: actor.label,
      action,
      subjectKind: subject.kind,
      subjectId: subject.id,
      before: before ? JSON.stringify(before) : '',
      after: after ? JSON.stringify(after) : '',
      sourceIp: sourceIp ?? '',
    };
  }
}
