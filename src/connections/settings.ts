import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../domain/refusal.js';
import { Clock } from '../platform/clock/clock.js';
import type { HealthReport } from '../ports/connector.js';
import type { Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { JobQueue } from '../jobs/job-queue.js';
import { ConnectionRepository } from './connection.repository.js';
import { ScheduleRepository } from '../jobs/schedule.repository.js';
import type { ConnectionEntity } from './connection.entity.js';
import type { ScheduleKind, ScheduleEntity } from '../jobs/schedule.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { ConnectionSetup } from './connection-setup.js';
import { ConnectorRegistry } from './connector-registry.js';
import { VendorReferenceRepository } from './vendor-reference.repository.js';

const CHECK_PATIENCE_MS = 60_000;
const LEAST_MINUTES: Readonly<Record<ScheduleKind, number>> = { pull: 5, sweep: 60, settle: 15, post: 1 };
const MOST_MINUTES = 10_080;
const LONGEST_NAME = 200;

export interface LocationEdit {
  sourceConnectionId: string;
  locationId: string;
  /** null: it does not post. */
  ledgerConnectionId: string | null;
}

export interface ScheduleEdit {
  kind: ScheduleKind;
  minutes?: number;
  paused?: boolean;
}

/** What people set on a connection that exists. Each change is in the audit log with what it was before. */
@Injectable()
export class ConnectionSettings {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connections: ConnectionRepository,
    private readonly registry: ConnectorRegistry,
    private readonly setup: ConnectionSetup,
    private readonly schedules: ScheduleRepository,
    private readonly jobs: JobQueue,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly reference: VendorReferenceRepository,
  ) {}

  /** Asks the vendor anew: how it stands, what permission is missing, and its lists. */
  async test(caller: Principal, connectionId: string): Promise<HealthReport> {
    const row = await this.tx.run(caller.tenantId, () => this.connections.get(connectionId));
    if (row.state === 'disconnected') throw new Refusal('conflict', 'This connection has no credentials. Press Reconnect first.');
    return await this.setup.check(caller.tenantId, connectionId, AbortSignal.timeout(CHECK_PATIENCE_MS));
  }

  async rename(caller: Principal, connectionId: string, label: string): Promise<void> {
    const wanted = label.trim();
    if (wanted === '' || wanted.length > LONGEST_NAME)
      throw new Refusal('invalid', `A name has 1 to ${LONGEST_NAME} characters.`, { field: 'label' });
    await this.change(caller, connectionId, 'connection.renamed', async (row) => {
      await this.connections.change(connectionId, { label: wanted });
      return { before: { label: row.label }, after: { label: wanted } };
    });
  }

  /** While paused nothing is read from or written to it; what is on the wire ends. */
  async pause(caller: Principal, connectionId: string): Promise<void> {
    await this.change(caller, connectionId, 'connection.paused', async ({ pausedAt }) => {
      // Two who press it at once pause it once, and the first one is named.
      if (pausedAt) return;
      await this.connections.change(connectionId, { pausedAt: this.clock.now(), pausedBy: caller.actor.label });
    });
  }

  async resume(caller: Principal, connectionId: string): Promise<void> {
    await this.change(caller, connectionId, 'connection.resumed', async (row) => {
      await this.connections.change(connectionId, { pausedAt: null, pausedBy: null });
      await this.jobs.enqueue('posting.send', connectionId);
      return { before: { pausedBy: row.pausedBy } };
    });
  }

  /** From now on; the next time is counted from this moment. */
  async setInterval(caller: Principal, connectionId: string, kind: ScheduleKind, minutes: number): Promise<void> {
    const least = LEAST_MINUTES[kind];
    if (!Number.isInteger(minutes) || minutes < least || minutes > MOST_MINUTES)
      throw new Refusal('invalid', `Choose ${least} to ${MOST_MINUTES} minutes.`, { field: kind });
    await this.changeSchedule(caller, connectionId, kind, 'connection.interval_changed', {
      intervalMinutes: minutes,
      nextDueAt: this.clock.later(minutes * 60_000),
    });
  }

  async pauseSchedule(caller: Principal, connectionId: string, kind: ScheduleKind): Promise<void> {
    await this.changeSchedule(caller, connectionId, kind, 'connection.schedule_paused', { paused: true });
  }

  async resumeSchedule(caller: Principal, connectionId: string, kind: ScheduleKind): Promise<void> {
    await this.changeSchedule(caller, connectionId, kind, 'connection.schedule_resumed', { paused: false, nextDueAt: this.clock.now() });
  }

  /** Which ledger a location posts to; null: none. Invoices that already have a live document stay where they are. */
  async mapLocation(caller: Principal, sourceConnectionId: string, locationId: string, ledgerConnectionId: string | null): Promise<void> {
    await this.change(caller, sourceConnectionId, 'location.mapped', async () => {
      const location = await this.reference.location(sourceConnectionId, locationId);
      if (!location) throw notFound('This location');
      if (ledgerConnectionId !== null) await this.assertLedger(ledgerConnectionId);
      await this.reference.mapLocation(sourceConnectionId, locationId, ledgerConnectionId);
      // Approved invoices that waited for a ledger are planned by whoever sends for it.
      if (ledgerConnectionId !== null) await this.jobs.enqueue('posting.send', ledgerConnectionId);
      return {
        before: { location: locationId, ledger: location.ledgerConnectionId },
        after: { location: locationId, ledger: ledgerConnectionId },
      };
    });
  }

  /** Several that were given in one form: all of them hold or none. @throws Refusal at the first that cannot be */
  async mapLocations(caller: Principal, edits: readonly LocationEdit[]): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      for (const { sourceConnectionId, locationId, ledgerConnectionId } of edits)
        await this.mapLocation(caller, sourceConnectionId, locationId, ledgerConnectionId);
    });
  }

  /** The same for what one form says of a connection's schedules. @throws Refusal at the first that cannot be */
  async reschedule(caller: Principal, connectionId: string, edits: readonly ScheduleEdit[]): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      for (const { kind, minutes, paused } of edits) {
        if (minutes !== undefined) await this.setInterval(caller, connectionId, kind, minutes);
        if (paused === true) await this.pauseSchedule(caller, connectionId, kind);
        if (paused === false) await this.resumeSchedule(caller, connectionId, kind);
      }
    });
  }

  private async assertLedger(connectionId: string): Promise<void> {
    const row = await this.connections.get(connectionId);
    if (!this.registry.get(row.connector).descriptor.capabilities.accountingLedger)
      throw new Refusal('invalid', 'Invoices can only be posted to a ledger.', { field: 'ledger' });
  }

  private async changeSchedule(
    caller: Principal,
    connectionId: string,
    kind: ScheduleKind,
    action: string,
    change: Partial<Pick<ScheduleEntity, 'paused' | 'intervalMinutes' | 'nextDueAt'>>,
  ): Promise<void> {
    await this.change(caller, connectionId, action, async () => {
      const schedule = (await this.schedules.of(connectionId)).find((candidate) => candidate.kind === kind);
      if (!schedule) throw notFound('This schedule');
      await this.schedules.change(connectionId, kind, change);
      const { paused, intervalMinutes } = schedule;
      return { before: { kind, paused, intervalMinutes }, after: { kind, paused, intervalMinutes, ...change } };
    });
  }

  private async change(
    caller: Principal,
    connectionId: string,
    action: string,
    work: (row: ConnectionEntity) => Promise<{ before?: object; after?: object } | void>,
  ): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const row = await this.connections.lock(connectionId);
      const told = await work(row);
      await this.audit.record(caller.actor, { action, subject: { kind: 'connection', id: connectionId }, ...told });
    });
  }
}
