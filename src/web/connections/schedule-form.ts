import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ConnectionReading } from '../../billing/reading/connection-reading.js';
import { ConnectionSettings } from '../../connections/settings.js';
import { Refusal } from '../../domain/refusal.js';
import type { Caller } from '../../identity/caller.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';
import { scheduleRows } from './runs-presenter.js';

const wholeMinutes = z
  .string()
  .trim()
  .regex(/^\d{1,6}$/)
  .transform((text) => Number.parseInt(text, 10));

/** Fields '<kind>.minutes' and, where ticked, '<kind>.paused'. */
@Injectable()
export class ScheduleForm {
  constructor(
    private readonly reading: ConnectionReading,
    private readonly settings: ConnectionSettings,
    private readonly tx: TenantTransaction,
  ) {}

  /** All or none; what is as it was is not touched, so that its next time does not move. @throws Refusal 'invalid' */
  async save(caller: Caller, connectionId: string, form: Readonly<Record<string, unknown>>): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const { schedules } = await this.reading.one(caller, connectionId);
      for (const { kind, label, minutes, paused } of scheduleRows(schedules, true)) {
        const typed = form[`${kind}.minutes`];
        if (typed === undefined) continue;
        const wanted = wholeMinutes.safeParse(typed);
        if (!wanted.success) throw new Refusal('invalid', `${label}: give a whole number of minutes.`, { field: kind });
        if (wanted.data !== minutes) await this.settings.setInterval(caller, connectionId, kind, wanted.data);
        const pause = form[`${kind}.paused`] !== undefined;
        if (pause && !paused) await this.settings.pauseSchedule(caller, connectionId, kind);
        if (!pause && paused) await this.settings.resumeSchedule(caller, connectionId, kind);
      }
    });
  }
}
