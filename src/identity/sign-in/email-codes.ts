import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { Emails } from '../../platform/mail/email-templates.js';
import { Mailer } from '../../platform/mail/mailer.js';
import { PersonRepository } from '../person.repository.js';
import { EmailCodeEntity } from './email-code.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { OutgoingEmails } from '../emails/outgoing-emails.js';
import { hashCode, isCode, newCode, type CodeHash } from './code-hash.js';

export const CODE_MINUTES = 10;
const TRIES = 5;
/** Nobody wants a full mailbox. */
const MOST_PER_TEN_MINUTES = 5;
const MOST_PER_DAY = 30;
/**
 * Six digits, because people copy them from one device to another, bear few guesses: 5 at each code, and no further code after
 * 20 wrong ones in a day, so that guessing at an address succeeds once in 40,000 days. A code that was typed rightly does not count.
 */
const WRONG_PER_DAY = 20;
/** Longer than the work for a known address takes, so that both answers come equally late. */
const ANSWER_AFTER_MS = 400;

/** Where the code that was asked for can be checked. Kept in the sealed cookie of the browser that asked. */
export interface AskedCode {
  tenantId: string;
  codeId: string;
  address: string;
}

/** One-time codes by e-mail. Nobody learns from the answers whether an address belongs to a member. */
@Injectable()
export class EmailCodes {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly people: PersonRepository,
    private readonly emails: OutgoingEmails,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  /** Asks for a code; for an address that nobody here knows the answer looks the same and leads nowhere. */
  async ask(address: string): Promise<AskedCode> {
    const [asked] = await Promise.all([this.queue(address), delay(ANSWER_AFTER_MS)]);
    return asked ?? { tenantId: randomUUID(), codeId: uuidv7(), address };
  }

  /** For somebody who is signed in and proves once more that it is them, by the address of their membership. */
  async askAgain(tenantId: string, address: string): Promise<AskedCode | undefined> {
    return this.mailer.isConfigured ? await this.queueIn(tenantId, address) : undefined;
  }

  /** Made in the job that sends it; a job that runs again makes another, and only the last one counts. */
  async issue(tenantId: string, codeId: string): Promise<Emails['sign-in-code'] | undefined> {
    const code = newCode();
    const { salt, hash } = await hashCode(code);
    const kept = await this.tx.run(tenantId, () =>
      this.tx.execute(
        `update email_code set salt = $3, hash = $4
         where tenant_id = $1 and id = $2 and used_at is null and tries < ${TRIES} and expires_at > $5`,
        [tenantId, codeId, salt, hash, this.clock.now()],
      ),
    );
    return kept === 1 ? { code, minutes: CODE_MINUTES } : undefined;
  }

  /** True once, for the right code. Every call is one of its tries, also when the process dies in between. */
  async redeem({ tenantId, codeId }: AskedCode, typed: string): Promise<boolean> {
    const kept = await this.spendTry(tenantId, codeId);
    if (!(await isCode(typed, kept))) return false;
    return await this.tx.run(tenantId, async () => {
      const now = this.clock.now();
      const used = await this.tx.execute('update email_code set used_at = $3 where tenant_id = $1 and id = $2 and used_at is null', [
        tenantId,
        codeId,
        now,
      ]);
      if (used === 1) await this.endOthers(tenantId, codeId, now);
      return used === 1;
    });
  }

  /** Whoever got in needs no other code, and nobody else shall find one in an old mail. */
  private async endOthers(tenantId: string, codeId: string, now: Date): Promise<void> {
    await this.tx.execute(
      `update email_code set expires_at = $3
       where tenant_id = $1 and id <> $2 and expires_at > $3 and used_at is null
         and address = (select c.address from email_code c where c.tenant_id = $1 and c.id = $2)`,
      [tenantId, codeId, now],
    );
  }

  private async queue(address: string): Promise<AskedCode | undefined> {
    const now = this.clock.now();
    const tenantId = this.mailer.isConfigured ? await this.people.tenantForCode(address, now) : undefined;
    return tenantId === undefined ? undefined : await this.queueIn(tenantId, address);
  }

  private async queueIn(tenantId: string, address: string): Promise<AskedCode | undefined> {
    const now = this.clock.now();
    return await this.tx.run(tenantId, async () => {
      if (await this.askedTooOften(tenantId, address, now)) return undefined;
      const codeId = uuidv7();
      const expiresAt = new Date(now.getTime() + CODE_MINUTES * 60_000);
      await this.tx.rows(EmailCodeEntity).insert({ tenantId, id: codeId, address, requestedAt: now, expiresAt });
      await this.emails.queue('sign_in_code', address, codeId);
      return { tenantId, codeId, address };
    });
  }

  private async askedTooOften(tenantId: string, address: string, now: Date): Promise<boolean> {
    await this.tx.execute(
      `delete from email_code where tenant_id = $1 and address = $2 and requested_at < $3::timestamptz - interval '1 day'`,
      [tenantId, address, now],
    );
    const [count] = await this.tx.query<{ today: number; lately: number; wrong: number }>(
      `select count(*)::int as today, count(*) filter (where requested_at > $3::timestamptz - interval '10 minutes')::int as lately,
         coalesce(sum(tries) filter (where used_at is null), 0)::int as wrong
       from email_code where tenant_id = $1 and address = $2`,
      [tenantId, address, now],
    );
    return count !== undefined && (count.today >= MOST_PER_DAY || count.lately >= MOST_PER_TEN_MINUTES || count.wrong >= WRONG_PER_DAY);
  }

  private async spendTry(tenantId: string, codeId: string): Promise<CodeHash | undefined> {
    return await this.tx.run(tenantId, async () => {
      const spent = await this.tx.execute(
        `update email_code set tries = tries + 1
         where tenant_id = $1 and id = $2 and hash is not null and used_at is null and tries < ${TRIES} and expires_at > $3`,
        [tenantId, codeId, this.clock.now()],
      );
      if (spent === 0) return undefined;
      const row = await this.tx.rows(EmailCodeEntity).findOneBy({ tenantId, id: codeId });
      return row?.salt && row.hash ? { salt: row.salt, hash: row.hash } : undefined;
    });
  }
}
