import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { Emails } from '../../platform/mail/email-templates.js';
import { Mailer } from '../../platform/mail/mailer.js';
import { PersonRepository } from '../person.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { OutgoingEmailRepository } from '../emails/outgoing-email.repository.js';
import { CODE_MINUTES, hashCode, isCode, newCode } from './code-hash.js';
import { EmailCodeRepository } from './email-code.repository.js';

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
    private readonly codes: EmailCodeRepository,
    private readonly emails: OutgoingEmailRepository,
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
    const hash = await hashCode(code);
    const kept = await this.tx.run(tenantId, () => this.codes.setHash(codeId, hash));
    return kept ? { code, minutes: CODE_MINUTES } : undefined;
  }

  /** True once, for the right code. Every call is one of its tries, also when the process dies in between. */
  async redeem({ tenantId, codeId }: AskedCode, typed: string): Promise<boolean> {
    const kept = await this.tx.run(tenantId, () => this.codes.spendTry(codeId));
    return (await isCode(typed, kept)) && (await this.tx.run(tenantId, () => this.codes.use(codeId)));
  }

  private async queue(address: string): Promise<AskedCode | undefined> {
    const tenantId = this.mailer.isConfigured ? await this.people.tenantForCode(address, this.clock.now()) : undefined;
    return tenantId === undefined ? undefined : await this.queueIn(tenantId, address);
  }

  private async queueIn(tenantId: string, address: string): Promise<AskedCode | undefined> {
    return await this.tx.run(tenantId, async () => {
      const { today, lately, wrong } = await this.codes.askedSoFar(address);
      if (today >= MOST_PER_DAY || lately >= MOST_PER_TEN_MINUTES || wrong >= WRONG_PER_DAY) return undefined;
      const codeId = await this.codes.add(address);
      await this.emails.queue('sign_in_code', address, codeId);
      return { tenantId, codeId, address };
    });
  }
}
