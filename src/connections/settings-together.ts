import { Injectable } from '@nestjs/common';
import type { Caller } from '../database/audit/actor.js';
import type { ScheduleKind } from '../jobs/schedule.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { ConnectionSettings } from './settings.js';

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

/** Several settings that were given in one form: all of them hold or none. */
@Injectable()
export class SettingsTogether {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly settings: ConnectionSettings,
  ) {}

  /** @throws Refusal at the first that cannot be */
  async mapLocations(caller: Caller, edits: readonly LocationEdit[]): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      for (const { sourceConnectionId, locationId, ledgerConnectionId } of edits)
        await this.settings.mapLocation(caller, sourceConnectionId, locationId, ledgerConnectionId);
    });
  }

  /** @throws Refusal at the first that cannot be */
  async reschedule(caller: Caller, connectionId: string, edits: readonly ScheduleEdit[]): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      for (const { kind, minutes, paused } of edits) {
        if (minutes !== undefined) await this.settings.setInterval(caller, connectionId, kind, minutes);
        if (paused === true) await this.settings.pauseSchedule(caller, connectionId, kind);
        if (paused === false) await this.settings.resumeSchedule(caller, connectionId, kind);
      }
    });
  }
}
