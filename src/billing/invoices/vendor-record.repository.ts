import { Injectable } from '@nestjs/common';
import type { RawInvoice } from '../../ports/billing-source.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** So long raw payloads are kept after they were understood, unless a company chooses otherwise under Settings, Data. */
export const RAW_DAYS = 7;

/** Raw payloads expire so many days after their last use; $1 is the tenant. */
const KEPT_DAYS = `coalesce((select raw_days from data_policy where tenant_id = $1), ${RAW_DAYS})`;

export interface WaitingRecord {
  externalId: string;
  number: string | null;
  payload: unknown;
  vendorUpdatedAt: Date;
}

export interface Interpretation {
  externalId: string;
  problem?: string;
  problemField?: string;
}

@Injectable()
export class VendorRecordRepository {
  constructor(private readonly tx: TenantTransaction) {}

  /**
   * Stores a page as it came; a version already interpreted is not asked for again unless it changed, and an older one, read
   * before a newer was stored, is passed over. Answers how many are news.
   */
  async store(connectionId: string, invoices: readonly RawInvoice[], now: Date): Promise<number> {
    if (invoices.length === 0) return 0;
    return await this.tx.execute(
      `insert into vendor_record as r (tenant_id, connection_id, kind, external_id, number, payload, vendor_updated_at, fetched_at, expires_at)
       select $1, $2, 'invoice', page.external_id, page.number, page.payload, page.updated_at, $3::timestamptz,
         $3::timestamptz + make_interval(days => ${KEPT_DAYS})
       from jsonb_to_recordset($4::jsonb) as page (external_id text, number text, payload jsonb, updated_at timestamptz)
       on conflict (tenant_id, connection_id, kind, external_id) do update
         set number = excluded.number, payload = excluded.payload, vendor_updated_at = excluded.vendor_updated_at, fetched_at = excluded.fetched_at,
             expires_at = excluded.expires_at, interpreted_at = null, problem = null, problem_field = null
         where (r.payload <> excluded.payload and r.vendor_updated_at <= excluded.vendor_updated_at) or r.problem is not null`,
      [
        this.tx.tenantId,
        connectionId,
        now,
        storableJson(
          // The same invoice may come twice in windows that overlap; one statement may touch it only once.
          [...new Map(invoices.map((raw) => [raw.externalId, raw])).values()].map((raw) => ({
            external_id: raw.externalId,
            number: raw.number,
            payload: raw.payload,
            updated_at: raw.updatedAt,
          })),
        ),
      ],
    );
  }

  /** Locks what it returns, so that two processes never interpret the same version. */
  async waiting(connectionId: string, limit: number): Promise<WaitingRecord[]> {
    return await this.tx.query(
      `select external_id as "externalId", number, payload, vendor_updated_at as "vendorUpdatedAt"
       from vendor_record where tenant_id = $1 and connection_id = $2 and interpreted_at is null
       order by external_id limit $3 for update skip locked`,
      [this.tx.tenantId, connectionId, limit],
    );
  }

  async interpreted(connectionId: string, interpretations: readonly Interpretation[], now: Date): Promise<void> {
    await this.tx.execute(
      `update vendor_record r set interpreted_at = $3::timestamptz, expires_at = $3::timestamptz + make_interval(days => ${KEPT_DAYS}),
        problem = i.problem, problem_field = i.field
       from jsonb_to_recordset($4::jsonb) as i (external_id text, problem text, field text)
       where r.tenant_id = $1 and r.connection_id = $2 and r.kind = 'invoice' and r.external_id = i.external_id`,
      [
        this.tx.tenantId,
        connectionId,
        now,
        JSON.stringify(interpretations.map((i) => ({ external_id: i.externalId, problem: i.problem, field: i.problemField }))),
      ],
    );
  }

  /** Of records whose raw form is not kept: which could not be understood, and why. Those that were understood leave no row. */
  async passed(connectionId: string, read: readonly (Interpretation & { raw: RawInvoice })[], now: Date): Promise<void> {
    const ids = read.map(({ externalId }) => externalId);
    await this.drop(connectionId, ids);
    const aside = read.filter(({ problem }) => problem !== undefined);
    if (aside.length === 0) return;
    await this.tx.execute(
      `insert into vendor_record (tenant_id, connection_id, kind, external_id, number, payload, vendor_updated_at, fetched_at, expires_at,
         problem, problem_field, interpreted_at)
       select $1, $2, 'invoice', a.external_id, a.number, 'null', a.updated_at, $3::timestamptz, $3::timestamptz, a.problem, a.field, $3::timestamptz
       from jsonb_to_recordset($4::jsonb) as a (external_id text, number text, updated_at timestamptz, problem text, field text)`,
      [
        this.tx.tenantId,
        connectionId,
        now,
        storableJson(
          aside.map(({ externalId, problem, problemField, raw }) => ({
            external_id: externalId,
            number: raw.number,
            updated_at: raw.updatedAt,
            problem,
            field: problemField,
          })),
        ),
      ],
    );
  }

  /** Ids that wait to be read again and of which nothing is stored. */
  async toFetchAnew(connectionId: string): Promise<string[]> {
    const rows = await this.tx.query<{ externalId: string }>(
      `select external_id as "externalId" from vendor_record
       where tenant_id = $1 and connection_id = $2 and interpreted_at is null and payload = 'null' order by external_id`,
      [this.tx.tenantId, connectionId],
    );
    return rows.map(({ externalId }) => externalId);
  }

  async drop(connectionId: string, externalIds: readonly string[]): Promise<void> {
    await this.tx.execute('delete from vendor_record where tenant_id = $1 and connection_id = $2 and external_id = any($3)', [
      this.tx.tenantId,
      connectionId,
      externalIds,
    ]);
  }

  /** Those of which nothing is stored but that they could not be understood. */
  async dropWithoutPayload(): Promise<void> {
    await this.tx.execute(`delete from vendor_record where tenant_id = $1 and payload = 'null'`, [this.tx.tenantId]);
  }

  /** Those that are stored already expire by the new number of days, too. */
  async expireAfter(days: number): Promise<void> {
    await this.tx.execute(
      `update vendor_record set expires_at = greatest(fetched_at, interpreted_at) + make_interval(days => $2) where tenant_id = $1`,
      [this.tx.tenantId, days],
    );
  }

  /** Reads quarantined records again with the present mapping; answers how many. */
  async retryQuarantined(connectionId: string): Promise<number> {
    return await this.tx.execute(
      'update vendor_record set interpreted_at = null where tenant_id = $1 and connection_id = $2 and problem is not null',
      [this.tx.tenantId, connectionId],
    );
  }

  /**
   * Raw payloads are kept only as long as they are of use: one that was not read yet may be all there is of an invoice; what is set
   * aside stays until somebody has looked, and what is held while it is held.
   */
  async expire(connectionId: string, now: Date): Promise<number> {
    return await this.tx.execute(
      `delete from vendor_record r
       where r.tenant_id = $1 and r.connection_id = $2 and r.expires_at < $3 and r.problem is null and r.interpreted_at is not null
         and not tenant_is_held() and not exists (select from invoice i where i.tenant_id = r.tenant_id and i.connection_id = r.connection_id
           and i.external_id = r.external_id and i.id in (select held_invoices()))`,
      [this.tx.tenantId, connectionId, now],
    );
  }
}

/** Postgres takes neither a NUL nor half of a surrogate pair in text; one such character must not stop a whole page. */
function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? part.toWellFormed().replaceAll('\0', '\uFFFD') : part));
}
