import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import type { BillingSource, MapInvoice, RawInvoice } from '../../ports/billing-source.js';
import { VendorRecordRepository } from '../invoices/vendor-record.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Interpret, isUnstorable, type InterpretCounts } from './interpret.js';

const NONE: InterpretCounts = { changed: 0, setAside: 0 };

/** Intake of a tenant that keeps no content: mapped in memory, and only what an invoice is found by is stored. */
@Injectable()
export class PassThroughReading {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly interpret: Interpret,
    private readonly records: VendorRecordRepository,
    private readonly clock: Clock,
  ) {}

  async read(tenantId: string, connectionId: string, invoices: readonly RawInvoice[], map: MapInvoice): Promise<InterpretCounts> {
    if (invoices.length === 0) return NONE;
    // The same invoice may come twice in windows that overlap; the later one is the newer.
    const unique = [...new Map(invoices.map((raw) => [raw.externalId, raw])).values()];
    try {
      return await this.tx.run(tenantId, () => this.interpret.passing(connectionId, unique, map));
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      // One of them cannot be stored: its neighbours go on without it.
      const [only, ...others] = unique;
      if (only && others.length === 0) return await this.tx.run(tenantId, () => this.quarantine(connectionId, only, error));
      const counts = { ...NONE };
      for (const raw of unique) {
        const { changed, setAside } = await this.read(tenantId, connectionId, [raw], map);
        counts.changed += changed;
        counts.setAside += setAside;
      }
      return counts;
    }
  }

  /** What was set aside and is to be read again is fetched anew, since nothing of it was kept. */
  async readAgain(tenantId: string, connectionId: string, source: BillingSource, map: MapInvoice): Promise<void> {
    const waiting = await this.tx.run(tenantId, () => this.records.toFetchAnew(connectionId));
    if (waiting.length === 0) return;
    const fetched = await source.fetch(waiting);
    await this.tx.run(tenantId, () => this.records.drop(connectionId, waiting));
    await this.read(tenantId, connectionId, fetched, map);
  }

  private async quarantine(connectionId: string, raw: RawInvoice, error: Error): Promise<InterpretCounts> {
    const problem = `The record cannot be stored: ${error.message}`;
    await this.records.passed(connectionId, [{ externalId: raw.externalId, problem, raw }], this.clock.now());
    return { changed: 0, setAside: 1 };
  }
}
