import { Injectable } from '@nestjs/common';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { VendorRecordRepository } from './vendor-record.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { SyncRunCommands } from '../../connections/sync-run-commands.js';

/** Records that could not be understood. After a repair, on either side, they are read again. */
@Injectable()
export class QuarantinedRecords {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly records: VendorRecordRepository,
    private readonly runs: SyncRunCommands,
    private readonly audit: AuditLog,
  ) {}

  /** Interprets them anew in a run of their connection; answers how many. @throws Refusal as a run that cannot be asked for */
  async readAgain(caller: Principal, connectionId: string): Promise<number> {
    return await this.tx.run(caller.tenantId, async () => {
      await this.runs.request(caller, connectionId, 'pull');
      const count = await this.records.retryQuarantined(connectionId);
      await this.audit.record(caller.actor, {
        action: 'connection.set_aside_retried',
        subject: { kind: 'connection', id: connectionId },
        after: { records: count },
      });
      return count;
    });
  }
}
