import { Injectable } from '@nestjs/common';
import { notFound } from '../../domain/refusal.js';
import type { ConnectorDescriptor, HealthReport } from '../../ports/connector.js';
import type { Caller } from '../../database/audit/actor.js';
import { ConnectionRows, type ConnectionCard } from './connection-rows.js';
import type { ConnectionEntity } from '../../connections/connection.entity.js';
import type { LocationEntity } from '../../connections/location.entity.js';
import type { ScheduleKind, ScheduleEntity } from '../../jobs/schedule.entity.js';
import type { SyncRunEntity } from '../../jobs/sync-run.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { syncRunItem, type SyncRunItem } from './sync-run-item.js';
import { ConnectorCatalog } from './connector-catalog.js';

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
    private readonly connections: ConnectionRows,
    private readonly systems: ConnectorCatalog,
  ) {}

  async list(caller: Caller): Promise<ConnectionItem[]> {
    return await this.tx.run(caller.tenantId, async () => await this.items(await this.connections.cards()));
  }

  /** @throws Refusal 'not_found' */
  async one(caller: Caller, id: string): Promise<ConnectionDetail> {
    return await this.tx.run(caller.tenantId, async () => {
      const card = await this.connections.card(id);
      const [item] = card ? await this.items([card]) : [];
      if (!item) throw notFound('This connection');
      const runs = await this.connections.runs([id], RUNS_SHOWN);
      const records = await this.connections.setAside(id, RECORDS_SHOWN);
      const mappings = await this.connections.mappings(id);
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
  async taxCodes(caller: Caller, ledgerConnectionId: string): Promise<{ code: string; label: string }[]> {
    return await this.tx.run(caller.tenantId, () => this.connections.taxCodes(ledgerConnectionId));
  }

  private async items(cards: readonly ConnectionCard[]): Promise<ConnectionItem[]> {
    const schedules = await this.connections.schedules();
    const locations = await this.connections.locations();
    const setAside = await this.connections.setAsideCounts();
    const ids = cards.map((card) => card.id);
    const runs = await this.connections.runs(ids, RUNS_SHOWN);
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
    card: ConnectionCard,
    parts: { schedules: ScheduleEntity[]; locations: LocationEntity[]; runs: SyncRunEntity[]; setAside: number },
  ): ConnectionItem {
    const capabilities = this.systems.capabilities(card.connector);
    const limit = this.systems.requestsPerDay(card.connector);
    // The nightly sweep is no news beside what the connection is there for.
    const ended = parts.runs.filter((run) => run.finishedAt !== null);
    const lastRun = ended.find((run) => run.kind !== 'sweep') ?? ended[0];
    const running = parts.runs.find((run) => run.finishedAt === null);
    return {
      id: card.id,
      connector: card.connector,
      label: this.systems.label(card.connector),
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
}
