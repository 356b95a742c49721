import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, MoreThan } from 'typeorm';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { Clock } from '../../platform/clock/clock.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { CODE_MINUTES, type CodeHash } from './code-hash.js';
import { EmailCodeEntity } from './email-code.entity.js';

const TRIES = 5;
const DAY_MS = 24 * 3_600_000;

/** What was asked for an address: codes of the last day and of the last ten minutes, and guesses at them that were wrong. */
export interface AskedSoFar {
  today: number;
  lately: number;
  wrong: number;
}

/** One-time codes of the tenant of the open transaction. */
@Injectable()
export class EmailCodeRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** A code that is asked for; it has no digits until the job that sends it makes them. @returns its id */
  async add(address: string): Promise<string> {
    const id = uuidv7();
    const requestedAt = this.clock.now();
    const expiresAt = new Date(requestedAt.getTime() + CODE_MINUTES * 60_000);
    await this.tx.rows(EmailCodeEntity).insert({ tenantId: this.tx.tenantId, id, address, requestedAt, expiresAt });
    return id;
  }

  /** Replaces the digits that were there. False when the code has ended. */
  async setHash(id: string, { salt, hash }: CodeHash): Promise<boolean> {
    const { affected } = await this.tx.rows(EmailCodeEntity).update(this.open(id), { salt, hash });
    return affected === 1;
  }

  /** Counts first: a try whose process dies is a try. @returns what to compare with, or nothing when no try is left */
  async spendTry(id: string): Promise<CodeHash | undefined> {
    // Raw SQL, because the number is checked and raised in one statement: of tries at the same time none is free.
    const spent = await this.tx.execute(
      `update email_code set tries = tries + 1
       where tenant_id = $1 and id = $2 and hash is not null and used_at is null and tries < ${TRIES} and expires_at > $3`,
      [this.tx.tenantId, id, this.clock.now()],
    );
    if (spent === 0) return undefined;
    const row = await this.tx.rows(EmailCodeEntity).findOneBy({ tenantId: this.tx.tenantId, id });
    return row?.salt && row.hash ? { salt: row.salt, hash: row.hash } : undefined;
  }

  /** True once. Whoever got in needs no other code, and nobody else shall find one in an old mail. */
  async use(id: string): Promise<boolean> {
    const now = this.clock.now();
    const { tenantId } = this.tx;
    const { affected } = await this.tx.rows(EmailCodeEntity).update({ tenantId, id, usedAt: IsNull() }, { usedAt: now });
    if (affected !== 1) return false;
    const { address } = await this.tx.rows(EmailCodeEntity).findOneByOrFail({ tenantId, id });
    await this.tx.rows(EmailCodeEntity).update({ tenantId, address, expiresAt: MoreThan(now), usedAt: IsNull() }, { expiresAt: now });
    return true;
  }

  /** Forgets what is older than a day. */
  async askedSoFar(address: string): Promise<AskedSoFar> {
    const { tenantId } = this.tx;
    const now = this.clock.now();
    await this.tx.rows(EmailCodeEntity).delete({ tenantId, address, requestedAt: LessThan(new Date(now.getTime() - DAY_MS)) });
    // Raw SQL, because three numbers are counted in one pass.
    const [counted] = await this.tx.query<AskedSoFar>(
      `select count(*)::int as today, count(*) filter (where requested_at > $3::timestamptz - interval '10 minutes')::int as lately,
         coalesce(sum(tries) filter (where used_at is null), 0)::int as wrong
       from email_code where tenant_id = $1 and address = $2`,
      [tenantId, address, now],
    );
    return counted ?? { today: 0, lately: 0, wrong: 0 };
  }

  private open(id: string) {
    return { tenantId: this.tx.tenantId, id, usedAt: IsNull(), tries: LessThan(TRIES), expiresAt: MoreThan(this.clock.now()) };
  }
}
