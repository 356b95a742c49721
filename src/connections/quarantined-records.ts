import { Injectable } from '@nestjs/common';
import type { Caller } from '../storage/actor.js';
import { AuditLog } from '../storage/audit-log.js';
import { VendorRecords } from '../storage/repositories/vendor-records.js';
import { TenantTransaction } from '../storage/tenant-transaction.js';
import { ConnectionSettings } from './settings.js';

/** Records that could not be understood. After a repair, on either side, they are read again. */
@Injectable()
export class QuarantinedRecords {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly records: VendorRecords,
    private readonly settings: ConnectionSettings,
    private readonly audit: AuditLog,
  ) {}

  /** Interprets them anew in a run of their connection; answers how many. @throws Refusal as a run that cannot be asked for */
  async readAgain(caller: Caller, connectionId: string): Promise<number> {
    return await this.tx.run(caller.tenantId, async () => {
      await this.settings.runNow(caller, connectionId, 'pull');
      const count = await this.records.retrySetAside(connectionId);
      await this.audit.record(caller.actor, {
        action: 'connection.set_aside_retried',
        subject: { kind: 'connection', id: connectionId },
        after: { records: count },
      });
      return count;
    });
  }
}
