import { Injectable } from '@nestjs/common';
import { Vendors } from '../../connections/vendors.js';
import { addDays, type CivilDate } from '../../domain/civil-date.js';
import { dayIn } from '../../platform/clock/clock.js';
import type { SettlementPage } from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { JobHandler } from '../../jobs/job-handler.js';
import type { JobPayload } from '../../database/queues.js';
import { Leases } from '../../database/leases.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import { SyncRunRepository } from '../../jobs/sync-run.repository.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import { type SyncRunEntity } from '../../jobs/sync-run.entity.js';
import { TenantSettingsRepository } from '../../identity/tenant-settings.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { PaymentWriteBack } from './write-back.js';

const LEASE_MS = 30_000;
const OUR_FAULT =
  'Reading the ledger stopped because of a fault in Countersign. The next run tries again from where this one stopped; the log says more.';
const LOOK_BACK_DAYS = 1;

/** Where a first reading begins: a day before the company's own day on which the ledger was connected. */
export function firstDayToRead(connectedAt: Date, timeZone: string): CivilDate {
  return addDays(dayIn(timeZone, connectedAt), -LOOK_BACK_DAYS);
}

/** Of the committed cursor. */
type Place = 'moves' | 'stays' | 'run ended';

/** Reads from a ledger what was paid, credited, taken back or voided, and hands it on towards the PSA. */
@Injectable()
export class ReadJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vendors: Vendors,
    private readonly runs: SyncRunRepository,
    private readonly leases: Leases,
    private readonly connections: ConnectionRepository,
    private readonly settings: TenantSettingsRepository,
    private readonly due: DuePostingRepository,
    private readonly writeBack: PaymentWriteBack,
  ) {}

  @JobHandler('settlement.read')
  async read({ tenantId, id }: JobPayload, signal: AbortSignal): Promise<void> {
    const run = await this.tx.run(tenantId, () => this.runs.find(id));
    if (!run) return;
    const held = await this.leases.hold(tenantId, `settle:${run.connectionId}`, LEASE_MS, (lease) =>
      this.work(run, AbortSignal.any([signal, lease.signal])),
    );
    if (!held) throw new Error('Another process is reading this ledger; this run waits for its turn');
  }

  private async work(run: SyncRunEntity, signal: AbortSignal): Promise<void> {
    const { tenantId, connectionId } = run;
    const begun = await this.tx.run(tenantId, async () => {
      const cursor = await this.runs.cursor(connectionId, 'settle');
      const connection = await this.connections.get(connectionId);
      const { timeZone } = await this.settings.get();
      const from = firstDayToRead(connection.createdAt, timeZone);
      return (await this.runs.begin(run.id, cursor)) ? { cursor, from } : undefined;
    });
    if (!begun) return;
    try {
      const { ledger } = await this.vendors.ledger(tenantId, connectionId, signal);
      const { from } = begun;
      let { cursor } = begun;
      let place: Place = 'moves';
      for (;;) {
        signal.throwIfAborted();
        const page = await ledger.settlements(cursor, from);
        const before: Place = place;
        place = await this.tx.run(tenantId, () => this.store(run, page, before));
        if (place === 'run ended') return;
        cursor = page.cursor;
        if (!page.more) break;
      }
      await this.tx.run(tenantId, () => this.runs.finish(run.id, 'succeeded'));
    } catch (error) {
      if (signal.aborted) throw error;
      await this.tx.run(tenantId, () => this.runs.finish(run.id, 'failed', isConnectorError(error) ? error.message : OUR_FAULT));
      if (!isConnectorError(error)) throw error;
    }
  }

  /** Settlements, what follows from them, and the cursor: all or nothing. */
  private async store(run: SyncRunEntity, page: SettlementPage, before: Place): Promise<Place> {
    // Asked before anything is matched, so that a document which becomes known in between counts as open.
    const isOpen = await this.due.isOpen(run.connectionId, ['sending', 'unknown'], 'documents');
    const { news, unmatched } = await this.writeBack.changes(run.connectionId, page.settlements);
    const { voided, unmatched: strangeVoids } = await this.writeBack.voids(run.connectionId, page.voidedDocuments);
    // A document that is booked, but not yet known as ours, may be paid or voided already: what nobody claims now has to come again.
    const place = before === 'stays' || (isOpen && unmatched + strangeVoids > 0) ? 'stays' : 'moves';
    if (place === 'moves') await this.runs.moveCursor(run.connectionId, 'settle', page.cursor);
    const isRunning = await this.runs.advance(run.id, { fetched: page.settlements.length, changed: news + voided });
    return isRunning ? place : 'run ended';
  }
}
