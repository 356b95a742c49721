import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../../domain/refusal.js';
import { ROLES } from '../../domain/role.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Caller } from '../../storage/actor.js';
import { AuditLog } from '../../storage/audit-log.js';
import { rowsAbout, tablesOfTenants } from '../../storage/repositories/export-statements.js';
import { FactorStore } from '../../storage/repositories/identity-factors.js';
import { PasskeyStore } from '../../storage/repositories/identity-passkeys.js';
import { PeopleStore } from '../../storage/repositories/identity-people.js';
import { SessionStore } from '../../storage/repositories/identity-sessions.js';
import { MembershipRow } from '../../storage/rows/identity-rows.js';
import { TenantSettingsRow } from '../../storage/rows/tenant-rows.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';
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
  /** By table, the rows of this company that are about them or name them. */
  data: Record<string, unknown[]>;
  leftOut: { table: string; because: string }[];
}

/** The right of access (GDPR Art. 15 and 20): everything that is held about one person here, for a machine to read. */
@Injectable()
export class PersonCopies {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly people: PeopleStore,
    private readonly sessions: SessionStore,
    private readonly passkeys: PasskeyStore,
    private readonly factors: FactorStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** For themselves, with their account. @throws Refusal for a key, which is nobody */
  async own(caller: Caller): Promise<PersonCopy> {
    const { personId } = caller;
    if (personId === undefined) throw new Refusal('forbidden', 'An API key is no person, and nothing personal is held about it.');
    const copy = await this.of(caller, personId);
    return { ...copy, account: await this.accountOf(personId) };
  }

  /** For whoever answers a member's request; without their account, of which other companies are a part. */
  async ofMember(caller: Caller, personId: string): Promise<PersonCopy> {
    return await this.of(caller, personId);
  }

  private async of(caller: Caller, personId: string): Promise<PersonCopy> {
    const { tenantId, actor } = caller;
    return await this.tx.run(tenantId, async () => {
      const member = await this.tx.rows(MembershipRow).findOneBy({ tenantId, personId });
      if (!member) throw notFound('This member');
      if (caller.personId !== personId && ROLES.indexOf(member.role) > ROLES.indexOf(caller.role))
        throw new Refusal('forbidden', 'Only an owner may fetch what is held about an owner.');
      const { name: company } = await this.tx.rows(TenantSettingsRow).findOneByOrFail({ tenantId });
      const { name, email } = member;
      const why = 'A copy of the personal data that is held about you here, for you to read, keep and take along.';
      const about = { name, email, company, madeAt: this.clock.now().toISOString(), why };
      const found = await this.rowsOf(tenantId, { personId, email, name });
      const rows = Object.fromEntries(Object.entries(found.data).map(([table, { length }]) => [table, length]));
      await this.audit.record(actor, { action: 'person.copied', subject: { kind: 'person', id: personId }, after: { rows } });
      return { about, ...found };
    });
  }

  /** Table by table from the catalogue: one that a later version adds is in it until somebody says why not. */
  private async rowsOf(
    tenantId: string,
    person: { personId: string; email: string; name: string },
  ): Promise<Pick<PersonCopy, 'data' | 'leftOut'>> {
    await this.tx.allowMinutes();
    const data: PersonCopy['data'] = {};
    const leftOut: PersonCopy['leftOut'] = [];
    for (const table of await tablesOfTenants(this.tx)) {
      const decision = TABLE_DECISIONS[table.name];
      const because = NOT_IN_A_PERSONS_COPY[table.name] ?? (decision?.exported ? undefined : (decision?.because ?? 'not decided yet'));
      if (because !== undefined) {
        leftOut.push({ table: table.name, because });
        continue;
      }
      const secret = decision?.exported ? (decision.secret ?? []) : [];
      const shown = { ...table, columns: table.columns.filter(({ name }) => !secret.includes(name)) };
      const rows = await rowsAbout(this.tx, shown, tenantId, person);
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
function withoutOthersAddresses(rows: readonly unknown[], personId: string): unknown[] {
  return rows.map((row) => ({ ...(row as object), ...((row as { actor_id?: unknown }).actor_id !== personId && { source_ip: null }) }));
}
