import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../../domain/refusal.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import type { Principal } from '../../database/audit/actor.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { FactorRepository } from '../../identity/factor.repository.js';
import { PasskeyRepository } from '../../identity/passkey.repository.js';
import { PersonRepository } from '../../identity/person.repository.js';
import { SessionRepository } from '../../identity/session.repository.js';
import { TenantSettingsRepository } from '../../identity/tenant-settings.repository.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { typedName } from '../typed-name.js';
import { PersonRowsRepository, type KnownPerson } from './person-rows.repository.js';
import { TABLE_DECISIONS } from './table-decisions.js';

/** Tables in which somebody may stand and which are no copy of theirs, each with the reason that the copy gives. */
export const NOT_IN_A_PERSONS_COPY: Readonly<Record<string, string>> = {
  vendor_record: 'What the PSA sent, of the company’s customers; it goes by itself. Ask for it there.',
  vendor_cache: 'Lists of a connected system. Ask for them there.',
  invoice_revision:
    'What customers were charged: the company’s and its customers’. Your part in it stands under reviewer, approval and rejection.',
  document: 'Invoices as they were sent: the company’s and its customers’.',
  posting: 'What was written in the company’s books: the company’s and its customers’.',
  posting_batch: 'What was written in the company’s books, in one request.',
};

/** Tables of no tenant that are a person's own, and what of them is in the copy that they fetch themselves. */
export const ACCOUNT_TABLES: Readonly<
  Record<string, 'identities' | 'sessions' | 'passkeys' | 'factors' | 'name' | 'nothing but a count of tries'>
> = {
  person: 'name',
  identity: 'identities',
  session: 'sessions',
  passkey: 'passkeys',
  authenticator: 'factors',
  recovery_code: 'factors',
  factor_try: 'nothing but a count of tries',
  spent_challenge: 'nothing but a count of tries',
};

export interface PersonCopy {
  about: { name: string; email: string; company: string; madeAt: string; why: string };
  /** What is theirs in all companies; only in the copy that they fetch themselves. */
  account?: Record<string, unknown>;
  /** By table, the rows of this company that are about them or name them, with the names of the columns. */
  data: Record<string, unknown[]>;
  /** Whole tables, and single columns of tables that are in it. */
  leftOut: { table: string; column?: string; because: string }[];
}

const SECRET = 'A secret: it opens something and says nothing about anybody.';

/** The right of access (GDPR Art. 15 and 20): everything that is held about one person here, for a machine to read. */
@Injectable()
export class PersonCopies {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly rows: PersonRowsRepository,
    private readonly settings: TenantSettingsRepository,
    private readonly people: PersonRepository,
    private readonly sessions: SessionRepository,
    private readonly passkeys: PasskeyRepository,
    private readonly factors: FactorRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** For themselves, with their account. @throws Refusal for a key, which is nobody */
  async own(caller: Principal): Promise<PersonCopy> {
    const { personId } = caller;
    if (personId === undefined) throw new Refusal('forbidden', 'An API key is no person, and nothing personal is held about it.');
    const copy = await this.ofMember(caller, personId);
    return { ...copy, account: await this.accountOf(personId) };
  }

  /** For an owner who answers a member's request; without their account, of which other companies are a part. */
  async ofMember(caller: Principal, personId: string): Promise<PersonCopy> {
    return await this.tx.run(caller.tenantId, async () => {
      const member = await this.rows.member(personId);
      if (!member) throw notFound('This member');
      const { name, email } = member;
      return await this.make(caller, { kind: 'person', id: personId }, { personId, name, email, anywhere: false });
    });
  }

  /** Likewise, for somebody who is no member: a former one, a reviewer, a contact at a client. */
  async named(caller: Principal, typed: { name: string; email: string }): Promise<PersonCopy> {
    const known = typedName(typed.name, typed.email, { name: 'copyName', email: 'copyEmail' });
    return await this.tx.run(caller.tenantId, async () => {
      const member = known.email === undefined ? null : await this.rows.memberAt(known.email);
      if (member) throw new Refusal('conflict', `${member.email} is a member. Choose them in the list of members.`, { field: 'copyEmail' });
      // Who was asked about is not written down once more: the request itself is kept by whoever answers it.
      return await this.make(caller, { kind: 'named_person', id: uuidv7() }, { ...known, anywhere: true });
    });
  }

  private async make(caller: Principal, subject: { kind: string; id: string }, person: KnownPerson): Promise<PersonCopy> {
    const { name: company } = await this.settings.get();
    const why = 'A copy of the personal data that is held about you here, for you to read, keep and take along.';
    const about = { name: person.name ?? '', email: person.email ?? '', company, madeAt: this.clock.now().toISOString(), why };
    const found = await this.rowsOf(person);
    const rows = Object.fromEntries(Object.entries(found.data).map(([table, { length }]) => [table, length]));
    await this.audit.record(caller.actor, { action: 'person.copied', subject, after: { rows } });
    return { about, ...found };
  }

  /** Table by table from the catalogue: one that a later version adds is in it until somebody says why not. */
  private async rowsOf(person: KnownPerson): Promise<Pick<PersonCopy, 'data' | 'leftOut'>> {
    const data: PersonCopy['data'] = {};
    const leftOut: PersonCopy['leftOut'] = [];
    for (const table of await this.rows.tables()) {
      const decision = TABLE_DECISIONS[table.name];
      const because = NOT_IN_A_PERSONS_COPY[table.name] ?? (decision?.exported ? undefined : (decision?.because ?? 'not decided yet'));
      if (because !== undefined) {
        leftOut.push({ table: table.name, because });
        continue;
      }
      const secret = decision?.exported ? (decision.secret ?? []) : [];
      for (const column of secret) leftOut.push({ table: table.name, column, because: SECRET });
      const isShown = ({ name }: { name: string }) => !secret.includes(name);
      const rows = await this.rows.about({ ...table, columns: table.columns.filter(isShown) }, person);
      if (rows.length > 0) data[table.name] = table.name === 'audit_event' ? withoutOthersAddresses(rows, person.personId) : rows;
    }
    return { data, leftOut };
  }

  private async accountOf(personId: string): Promise<Record<string, unknown>> {
    const [identities, sessions, passkeys, factors] = await Promise.all([
      this.people.identitiesOf(personId),
      this.sessions.devicesOf(personId, this.clock.now()),
      this.passkeys.of(personId),
      this.factors.of(personId),
    ]);
    return {
      personId,
      identities,
      sessions: sessions.map(({ ref: _ref, ...shown }) => shown),
      passkeys: passkeys.map(({ name, createdAt, lastUsedAt }) => ({ name, createdAt, lastUsedAt })),
      factors: { authenticatorSince: factors.since, recoveryCodesLeft: factors.codesLeft },
    };
  }
}

/** Where others sat when they did something about this person is theirs. */
function withoutOthersAddresses(rows: readonly unknown[], personId: string | undefined): unknown[] {
  return rows.map((row) => ({ ...(row as object), ...((row as { actor_id?: unknown }).actor_id !== personId && { source_ip: null }) }));
}
