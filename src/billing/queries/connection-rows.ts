import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { CodeMappingEntity } from '../../connections/code-mapping.entity.js';
import { ConnectionEntity } from '../../connections/connection.entity.js';
import { LocationEntity } from '../../connections/location.entity.js';
import { ScheduleEntity } from '../../jobs/schedule.entity.js';
import { SyncRunEntity } from '../../jobs/sync-run.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

export interface SetAsideRecord {
  externalId: string;
  number: string | null;
  problem: string;
  problemField: string | null;
  fetchedAt: Date;
}

/** What is shown of connections. Sealed credentials never leave the table through here. */
export type ConnectionCard = Omit<ConnectionEntity, 'tenantId' | 'sealedCredentials' | 'grantEpoch'>;

const CARD = {
  id: true,
  connector: true,
  externalAccountId: true,
  label: true,
  apiAddress: true,
  state: true,
  health: true,
  pausedAt: true,
  pausedBy: true,
  postingMode: true,
  goLiveDate: true,
  budgetLeft: true,
  budgetDay: true,
  createdAt: true,
  updatedAt: true,
} as const;

@Injectable()
export class ConnectionRows {
  constructor(private readonly tx: TenantTransaction) {}

  async cards(): Promise<ConnectionCard[]> {
    return await this.tx
      .rows(ConnectionEntity)
      .find({ select: CARD, where: { tenantId: this.tx.tenantId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  async card(id: string): Promise<ConnectionCard | null> {
    return await this.tx.rows(ConnectionEntity).findOne({ select: CARD, where: { tenantId: this.tx.tenantId, id } });
  }

  async schedules(): Promise<ScheduleEntity[]> {
    return await this.tx.rows(ScheduleEntity).find({ where: { tenantId: this.tx.tenantId }, order: { kind: 'ASC' } });
  }

  async locations(): Promise<LocationEntity[]> {
    return await this.tx.rows(LocationEntity).find({ where: { tenantId: this.tx.tenantId }, order: { name: 'ASC', externalId: 'ASC' } });
  }

  async mappings(connectionId: string): Promise<CodeMappingEntity[]> {
    return await this.tx
      .rows(CodeMappingEntity)
      .find({ where: { tenantId: this.tx.tenantId, connectionId }, order: { kind: 'ASC', key: 'ASC' } });
  }

  /** The newest runs of each of these connections, newest first. */
  async runs(connectionIds: readonly string[], each: number): Promise<SyncRunEntity[]> {
    const newest = await this.tx.query<{ id: string }>(
      `select r.id from unnest($2::uuid[]) as c (id)
       cross join lateral (select id from sync_run r where r.tenant_id = $1 and r.connection_id = c.id order by queued_at desc limit $3) r`,
      [this.tx.tenantId, connectionIds, each],
    );
    return await this.tx
      .rows(SyncRunEntity)
      .find({ where: { tenantId: this.tx.tenantId, id: In(newest.map((row) => row.id)) }, order: { queuedAt: 'DESC', id: 'DESC' } });
  }

  async setAsideCounts(): Promise<Map<string, number>> {
    const rows = await this.tx.query<{ connectionId: string; count: number }>(
      'select connection_id as "connectionId", count(*)::int as count from vendor_record where tenant_id = $1 and problem is not null group by connection_id',
      [this.tx.tenantId],
    );
    return new Map(rows.map((row) => [row.connectionId, row.count]));
  }

  async setAside(connectionId: string, limit: number): Promise<SetAsideRecord[]> {
    return await this.tx.query(
      `select external_id as "externalId", number, problem, problem_field as "problemField", fetched_at as "fetchedAt" from vendor_record
       where tenant_id = $1 and connection_id = $2 and problem is not null order by fetched_at desc, external_id limit $3`,
      [this.tx.tenantId, connectionId, limit],
    );
  }

  /** The PSA's tax codes on invoices of the locations that post to this ledger, with the words printed for them. */
  async taxCodes(ledgerConnectionId: string): Promise<{ code: string; label: string }[]> {
    return await this.tx.query(
      `select r.content #>> '{taxes,0,code}' as code, min(r.content #>> '{taxes,0,label}') as label
       from location l join invoice i on i.tenant_id = l.tenant_id and i.connection_id = l.source_connection_id and i.location_external_id = l.external_id
       join invoice_revision r on r.tenant_id = i.tenant_id and r.id = i.revision_id
       where l.tenant_id = $1 and l.ledger_connection_id = $2 and r.content #>> '{taxes,0,code}' <> '' group by 1 order by 1`,
      [this.tx.tenantId, ledgerConnectionId],
    );
  }
}
