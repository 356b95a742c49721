import { Injectable, Logger } from '@nestjs/common';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { StaffRepository } from '../../identity/staff.repository.js';
import { Clock } from '../../platform/clock/clock.js';
import type { BillingSource } from '../../ports/billing-source.js';
import { isConnectorError } from '../../ports/connector-error.js';

/** Asks a source who works there, at most hourly. Invoices never wait for it, and never fail with it. */
@Injectable()
export class StaffReading {
  private readonly log = new Logger('StaffReading');

  constructor(
    private readonly tx: TenantTransaction,
    private readonly staff: StaffRepository,
    private readonly clock: Clock,
  ) {}

  async refresh(tenantId: string, connectionId: string, source: BillingSource, signal: AbortSignal): Promise<void> {
    if (!source.staff || !(await this.tx.run(tenantId, () => this.staff.isDue(connectionId, this.clock.now())))) return;
    try {
      const list = await source.staff();
      await this.tx.run(tenantId, () => this.staff.keep(connectionId, list, this.clock.now()));
    } catch (error) {
      if (signal.aborted || !isConnectorError(error)) throw error;
      this.log.warn(`The staff of connection ${connectionId} could not be read; the next run tries again: ${error.message}`);
    }
  }
}
