import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import type { BillingSource } from '../ports/billing-source.js';
import { isConnectorError, isNotForUs, type ConnectorError } from '../ports/connector-error.js';
import type { HealthReport } from '../ports/connector.js';
import type { AccountingLedger } from '../ports/accounting-ledger.js';
import { ConnectionRepository } from './connection.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { LedgerSetup } from './ledger-setup.js';
import { suggestStatuses } from './status-mapping.js';
import { VendorReferenceRepository } from './vendor-reference.repository.js';
import { Vendors } from './vendors.js';

/** Cached under this kind: `BillingStatus[]`. */
export const STATUSES = 'statuses';

/** What a connection needs from its vendor before it is of use: health, and the reference data people map to. */
@Injectable()
export class ConnectionSetup {
  private readonly log = new Logger('connections');
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vendors: Vendors,
    private readonly ledgers: LedgerSetup,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly connections: ConnectionRepository,
    private readonly reference: VendorReferenceRepository,
  ) {}

  /**
   * Asks the vendor how it stands and stores the answer; whatever is missing of the first set-up is made up for. What the
   * vendor refuses becomes the health of the connection, since the connection itself is there and can be mended.
   */
  async check(tenantId: string, connectionId: string, signal: AbortSignal): Promise<HealthReport> {
    const report = await this.ask(tenantId, connectionId, signal);
    await this.tx.run(tenantId, () => this.connections.change(connectionId, { health: report }));
    return report;
  }

  private async ask(tenantId: string, connectionId: string, signal: AbortSignal): Promise<HealthReport> {
    try {
      const { source, ledger } = await this.vendors.opened(tenantId, connectionId, signal);
      const report = source ? await source.check() : ledger ? await ledger.check() : NOTHING_TO_CHECK;
      // A source whose role lacks a right still tells what it may; one that cannot be asked at all has told nothing.
      if (!report.ok && (!source || report.missing.length === 0)) return report;
      if (source) await this.learnSource(tenantId, connectionId, source);
      await this.askForCallbacks(tenantId, connectionId, signal);
      return ledger ? await this.learnLedger(tenantId, connectionId, ledger, report) : report;
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      return reportOf(error);
    }
  }

  /** Only a hurry-up: without them changes arrive with the regular runs, so a vendor that refuses changes nothing. */
  private async askForCallbacks(tenantId: string, connectionId: string, signal: AbortSignal): Promise<void> {
    try {
      await this.vendors.setCallbacks(tenantId, connectionId, 'on', this.config.publicUrl, signal);
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      this.log.warn(`Connection ${connectionId} has no callbacks: ${error.message}`);
    }
  }

  private async learnSource(tenantId: string, connectionId: string, source: BillingSource): Promise<void> {
    const locations = await unlessRefused(() => source.locations());
    const statuses = await unlessRefused(() => source.statuses());
    await this.tx.run(tenantId, async () => {
      for (const location of locations ?? []) await this.reference.keepLocation(connectionId, location);
      if (statuses === undefined) return;
      await this.reference.remember(connectionId, STATUSES, statuses, this.clock.now());
      // Only the first time: an event that people took off the mapping stays off.
      if (await this.reference.hasMapping(connectionId, 'status')) return;
      const suggested = suggestStatuses(statuses).map(({ key, code }) => ({ key, code, kind: 'status' as const }));
      await this.reference.suggestMappings(connectionId, suggested, 'Countersign');
    });
  }

  /** Always anew: a person who asks has perhaps just changed something there. */
  private async learnLedger(tenantId: string, connectionId: string, ledger: AccountingLedger, report: HealthReport): Promise<HealthReport> {
    await this.ledgers.forget(tenantId, connectionId);
    const profile = await this.ledgers.profile(tenantId, connectionId, ledger);
    const codes = await this.ledgers.codes(tenantId, connectionId, ledger);
    await this.ledgers.mapping(tenantId, connectionId, ledger, codes);
    if (profile.blockers.length > 0) return { ...report, ok: false, sentence: profile.blockers.join(' ') };
    return codes.notKnown ? { ...report, sentence: `${report.sentence} ${codes.notKnown}` } : report;
  }
}

/** One list that the source refuses or lacks must not hide the other; the source's own check names the right that is missing. */
async function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isNotForUs(error)) return undefined;
    throw error;
  }
}

const NOTHING_TO_CHECK: HealthReport = { ok: true, sentence: 'Connected.', missing: [] };

function reportOf(error: ConnectorError): HealthReport {
  const { permission } = error.details;
  return { ok: false, sentence: error.message, missing: permission ? [{ permission, how: error.message }] : [] };
}
