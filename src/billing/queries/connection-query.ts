import { Injectable } from '@nestjs/common';
import { notFound } from '../../domain/refusal.js';
import type { ConnectorDescriptor, HealthReport } from '../../ports/connector.js';
import type { Principal } from '../../database/audit/actor.js';
import { ConnectionEntity } from '../../connections/connection.entity.js';
import { LocationEntity } from '../../connections/location.entity.js';
import { type ScheduleKind, ScheduleEntity } from '../../jobs/schedule.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { syncRunItem, type SyncRunItem, type SyncRunRecord } from './sync-run-query.js';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';
import { CodeMappingEntity } from '../../connections/code-mapping.entity.js';

interface SetAsideRecord {
  externalId: string;
  number: string | null;
  problem: string;
  problemField: string | null;
  fetchedAt: Date;
}

/** What is shown of connections. Sealed credentials never leave the table through here. */
type ConnectionRecord = Omit<ConnectionEntity, 'tenantId' | 'sealedCredentials' | 'grantEpoch'>;

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

/** One link to a vendor account. Instants are ISO, dates 'YYYY-MM-DD'. */
export interface ConnectionItem {
  id: string;
  /** Key of the connector, and what people call that vendor. */
  connector: string;
  label: string;
  account: { externalId: string; label: string };
  state: ConnectionEntity['state'];
  capabilities: ConnectorDescriptor['capabilities'];
  /** Absent until it was checked for the first time. */
  health?: HealthReport;
  paused?: { by: string; at: string };
  /** For ledgers: nothing is sent in preview; from `goLiveDate` on when live. */
  posting?: { mode: ConnectionEntity['postingMode']; goLiveDate?: string };
  /** Requests of the day, where the vendor counts them. */
  budget?: { left: number; limit?: number; day: string };
  schedules: { id: string; kind: ScheduleKind; intervalMinutes: number; nextDueAt: string; paused: boolean }[];
  lastRun?: SyncRunItem;
  /** A run that waits or works now. */
  running?: SyncRunItem;
  /** Records that could not be read and wait for somebody. */
  setAside: number;
  /** A source's own locations with their ledger; for a ledger, those that post to it. */
  locations: { externalId: string; name: string; sourceConnectionId: string; ledgerConnectionId?: string }[];
}

export interface ConnectionDetail extends ConnectionItem {
  runs: SyncRunItem[];
  setAsideRecords: { externalId: string; number?: string; problem: string; field?: string; fetchedAt: string }[];
  mappings: { kind: 'category' | 'tax' | 'status'; key: string; code: string; setBy: string; updatedAt: string }[];
}

const RUNS_SHOWN = 20;
const RECORDS_SHOWN = 100;

@Injectable()
export class ConnectionQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connectors: ConnectorCatalog,
  ) {}

  async list(caller: Principal): Promise<ConnectionItem[]> {
    return await this.tx.run(caller.tenantId, async () => await this.items(await this.cards()));
  }

  /** @throws Refusal 'not_found' */
  async one(caller: Principal, id: string): Promise<ConnectionDetail> {
    return await this.tx.run(caller.tenantId, async () => {
      const card = await this.card(id);
      const [item] = card ? await this.items([card]) : [];
      if (!item) throw notFound('This connection');
      const runs = await this.runs([id], RUNS_SHOWN);
      const records = await this.setAside(id, RECORDS_SHOWN);
      const mappings = await this.mappings(id);
      return {
        ...item,
        runs: runs.map(syncRunItem),
        setAsideRecords: records.map(({ number, problemField, ...record }) => ({
          externalId: record.externalId,
          problem: record.problem,
          fetchedAt: record.fetchedAt.toISOString(),
          ...(number && { number }),
          ...(problemField && { field: problemField }),
        })),
        mappings: mappings.map(({ kind, key, code, setBy, updatedAt }) => ({ kind, key, code, setBy, updatedAt: updatedAt.toISOString() })),
      };
    });
  }

  /** Tax codes of invoices that post to this ledger. */
  async taxCodes(caller: Principal, ledgerConnectionId: string): Promise<{ code: string; label: string }[]> {
    return await this.tx.run(caller.tenantId, () => this.taxCodeRows(ledgerConnectionId));
  }

  private async items(cards: readonly ConnectionRecord[]): Promise<ConnectionItem[]> {
    const schedules = await this.schedules();
    const locations = await this.locations();
    const setAside = await this.setAsideCounts();
    const ids = cards.map((card) => card.id);
    const runs = await this.runs(ids, RUNS_SHOWN);
    return cards.map((card) =>
      this.item(card, {
        schedules: schedules.filter((schedule) => schedule.connectionId === card.id),
        locations: locations.filter((location) => location.sourceConnectionId === card.id || location.ledgerConnectionId === card.id),
        runs: runs.filter((run) => run.connectionId === card.id),
        setAside: setAside.get(card.id) ?? 0,
      }),
    );
  }

  private item(
    card: ConnectionRecord,
    parts: { schedules: ScheduleEntity[]; locations: LocationEntity[]; runs: SyncRunRecord[]; setAside: number },
  ): ConnectionItem {
    const capabilities = this.connectors.capabilities(card.connector);
    const limit = this.connectors.requestsPerDay(card.connector);
    // The nightly sweep is no news beside what the connection is there for.
    const ended = parts.runs.filter((run) => run.finishedAt !== null);
    const lastRun = ended.find((run) => run.kind !== 'sweep') ?? ended[0];
    const running = parts.runs.find((run) => run.finishedAt === null);
    return {
      id: card.id,
      connector: card.connector,
      label: this.connectors.label(card.connector),
      account: { externalId: card.externalAccountId, label: card.label },
      state: card.state,
      capabilities,
      ...(card.health && { health: card.health }),
      ...(card.pausedAt && { paused: { by: card.pausedBy ?? '', at: card.pausedAt.toISOString() } }),
      ...(capabilities.accountingLedger && {
        posting: { mode: card.postingMode, ...(card.goLiveDate && { goLiveDate: card.goLiveDate }) },
      }),
      ...(card.budgetLeft !== null &&
        card.budgetDay !== null && { budget: { left: card.budgetLeft, day: card.budgetDay, ...(limit && { limit }) } }),
      schedules: parts.schedules.map(({ id, kind, intervalMinutes, nextDueAt, paused }) => ({
        id,
        kind,
        intervalMinutes,
        nextDueAt: nextDueAt.toISOString(),
        paused,
      })),
      ...(lastRun && { lastRun: syncRunItem(lastRun) }),
      ...(running && { running: syncRunItem(running) }),
      setAside: parts.setAside,
      locations: parts.locations.map(({ externalId, name, sourceConnectionId, ledgerConnectionId }) => ({
        externalId,
        name,
        sourceConnectionId,
        ...(ledgerConnectionId && { ledgerConnectionId }),
      })),
    };
  }

  private async cards(): Promise<ConnectionRecord[]> {
    return await this.tx
      .rows(ConnectionEntity)
      .find({ select: CARD, where: { tenantId: this.tx.tenantId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  private async card(id: string): Promise<ConnectionRecord | null> {
    return await this.tx.rows(ConnectionEntity).findOne({ select: CARD, where: { tenantId: this.tx.tenantId, id } });
  }

  private async schedules(): Promise<ScheduleEntity[]> {
    return await this.tx.rows(ScheduleEntity).find({ where: { tenantId: this.tx.tenantId }, order: { kind: 'ASC' } });
  }

  private async locations(): Promise<LocationEntity[]> {
    return await this.tx.rows(LocationEntity).find({ where: { tenantId: this.tx.tenantId }, order: { name: 'ASC', externalId: 'ASC' } });
  }

  private async mappings(connectionId: string): Promise<CodeMappingEntity[]> {
    return await this.tx
      .rows(CodeMappingEntity)
      .find({ where: { tenantId: this.tx.tenantId, connectionId }, order: { kind: 'ASC', key: 'ASC' } });
  }

  /** The newest runs of each of these connections, newest first. */
  private async runs(connectionIds: readonly string[], each: number): Promise<SyncRunRecord[]> {
    return await this.tx.query(
      `select r.id, r.connection_id as "connectionId", r.kind, r.state, r.requested_by as "requestedBy", r.expected, r.fetched, r.changed,
              r.set_aside as "setAside", r.problem, r.queued_at as "queuedAt", r.started_at as "startedAt", r.finished_at as "finishedAt"
       from unnest($2::uuid[]) as c (id)
       cross join lateral (select * from sync_run s where s.tenant_id = $1 and s.connection_id = c.id order by s.queued_at desc limit $3) r
       order by r.queued_at desc, r.id desc`,
      [this.tx.tenantId, connectionIds, each],
    );
  }

  private async setAsideCounts(): Promise<Map<string, number>> {
    const rows = await this.tx.query<{ connectionId: string; count: number }>(
      'select connection_id as "connectionId", count(*)::int as count from vendor_record where tenant_id = $1 and problem is not null group by connection_id',
      [this.tx.tenantId],
    );
    return new Map(rows.map((row) => [row.connectionId, row.count]));
  }

  private async setAside(connectionId: string, limit: number): Promise<SetAsideRecord[]> {
    return await this.tx.query(
      `select external_id as "externalId", number, problem, problem_field as "problemField", fetched_at as "fetchedAt" from vendor_record
       where tenant_id = $1 and connection_id = $2 and problem is not null order by fetched_at desc, external_id limit $3`,
      [this.tx.tenantId, connectionId, limit],
    );
  }

  /** The PSA's tax codes on invoices of the locations that post to this ledger, with the words printed for them. */
  private async taxCodeRows(ledgerConnectionId: string): Promise<{ code: string; label: string }[]> {
    return await this.tx.query(
      `select r.content #>> '{taxes,0,code}' as code, min(r.content #>> '{taxes,0,label}') as label
       from location l join invoice i on i.tenant_id = l.tenant_id and i.connection_id = l.source_connection_id and i.location_external_id = l.external_id
       join invoice_revision r on r.tenant_id = i.tenant_id and r.id = i.revision_id
       where l.tenant_id = $1 and l.ledger_connection_id = $2 and r.content #>> '{taxes,0,code}' <> '' group by 1 order by 1`,
      [this.tx.tenantId, ledgerConnectionId],
    );
  }
}
