import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { TenantTransaction } from '../tenant-transaction.js';
import { AuditSealer } from './audit-sealer.js';

const TRIES = 20;
const PER_STEP = 5_000;
/** Events always have a place for two years to come. */
const MONTHS_AHEAD = 25;

/** The three ways in which evidence may go, each through a function of the database's keeper that leaves a trace, in the open transaction. */
@Injectable()
export class AuditKeeper {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tx: TenantTransaction,
    private readonly sealer: AuditSealer,
    private readonly clock: Clock,
  ) {}

  /**
   * Erases a person from the tenant's audit: the name and address of what they did, and each field that holds one of
   * `known`, their names and e-mail addresses. The chain still verifies. @returns how many values went
   */
  async forgetPerson(personId: string, known: readonly string[]): Promise<number> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      // An erased value must have had its commitment; others may write meanwhile, hence again.
      await this.sealer.sealVisible();
      const [row] = await this.tx.query<{ parts: number | null }>('select audit_forget_person($1, $2, $3, $4) as parts', [
        personId,
        known,
        uuidv7(),
        this.clock.now(),
      ]);
      if (row && row.parts !== null) return row.parts;
    }
    throw new Error('The audit log is being written to without a pause, so nobody could be erased from it: try again later');
  }

  /** Removes for good what is older, from the beginning of the chain. @returns how many events; ask again while it is not 0 */
  async expire(olderThan: Date, most = PER_STEP): Promise<number> {
    const [row] = await this.tx.query<{ gone: number }>('select audit_expire($1, $2, $3, $4) as gone', [
      olderThan,
      most,
      uuidv7(),
      this.clock.now(),
    ]);
    return row?.gone ?? 0;
  }

  /** Removes everything of a tenant that is marked as deleted. @returns where its chain ended */
  async close(): Promise<{ sequence: string; hash: string } | undefined> {
    await this.tx.allowMinutes();
    const [head] = await this.tx.query<{ sequence: string; hash: string }>(
      "select sequence, encode(hash, 'hex') as hash from audit_close()",
    );
    return head;
  }

  /** Room for the months to come, for all tenants and outside of any transaction. @returns how many are new */
  async makePartitions(monthsAhead = MONTHS_AHEAD): Promise<number> {
    const [row] = await this.dataSource.query<{ made: number }[]>('select audit_make_partitions($1) as made', [monthsAhead]);
    return row?.made ?? 0;
  }
}
