import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { AuditKeeper } from '../../database/audit/audit-keeper.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { ErasureRepository } from './erasure.repository.js';
import { LegalHoldRepository } from '../legal-hold.repository.js';
import type { ErasureCertificateEntity } from './erasure.entity.js';
import { TenantSettingsRepository } from '../../identity/tenant-settings.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { typedName } from '../typed-name.js';
import { Certificates } from './certificates.js';

/** Nobody in particular: erases no actor of the audit, only texts. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

interface Subject {
  kind: 'person' | 'contact';
  personId: string | null;
  /** Names and addresses under which somebody stands here. */
  known: readonly string[];
}

/**
 * The right to be forgotten (GDPR Art. 17): what lets a person in goes, and where their name stands a pseudonym takes its place.
 * Evidence stays without the name; what must stay with it stands on the certificate, with the rule.
 */
@Injectable()
export class PersonErasure {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly erasures: ErasureRepository,
    private readonly settings: TenantSettingsRepository,
    private readonly holds: LegalHoldRepository,
    private readonly keeper: AuditKeeper,
    private readonly certificates: Certificates,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @returns the id of the certificate */
  async member(caller: Principal, personId: string): Promise<string> {
    if (caller.personId === personId)
      throw new Refusal('conflict', 'Nobody can erase themselves, or nobody would be left to answer for it. Ask another owner.');
    return await this.tx.run(caller.tenantId, async () => {
      const member = await this.erasures.lockMember(personId);
      if (!member) throw notFound('This member');
      if (member.role === 'owner' && (await this.erasures.owners()) === 1)
        throw new Refusal('conflict', 'This is the last owner. Make somebody else an owner first.');
      return await this.erase(caller, { kind: 'person', personId, known: [personId, member.email, member.name] });
    });
  }

  /** Somebody who is no member any more or never was one: a former member, a reviewer, a contact at a client. */
  async named(caller: Principal, kind: Subject['kind'], name: string, email: string): Promise<string> {
    const typed = typedName(name, email);
    const known = [typed.email, typed.name].filter((text) => text !== undefined);
    return await this.tx.run(caller.tenantId, async () => {
      const member = await this.erasures.memberAt(known[0] ?? '');
      if (member) throw new Refusal('conflict', `${member.email} is a member. Erase them in the list of members.`, { field: 'email' });
      return await this.erase(caller, { kind, personId: null, known });
    });
  }

  async list(tenantId: string): Promise<ErasureCertificateEntity[]> {
    return await this.tx.run(tenantId, () => this.erasures.certificates());
  }

  async certificate(tenantId: string, id: string): Promise<ErasureCertificateEntity> {
    const row = await this.tx.run(tenantId, () => this.erasures.certificate(id));
    if (!row) throw notFound('This certificate');
    return row;
  }

  private async erase(caller: Principal, { kind, personId, known }: Subject): Promise<string> {
    const id = uuidv7();
    const mark = id.slice(-4);
    const pseudonym = `Former ${kind === 'person' ? 'member' : 'contact'} ${mark}`;
    await this.holds.lock();
    const holds = await this.holds.standing();
    const counts = await this.erasures.person(personId, known, pseudonym, `former-${mark}@erased.invalid`);
    // Only texts that nobody else has by chance: a single first name would be found in the events of others.
    const inAudit = holds.length > 0 ? 0 : await this.keeper.forgetPerson(personId ?? NOBODY, known);
    const everywhere = personId === null ? undefined : await this.erasures.forget(personId);
    await this.issue(caller, id, {
      kind,
      pseudonym,
      counts: { ...counts, ...(inAudit > 0 && { audit_event: inAudit }) },
      everywhere,
      holds,
    });
    return id;
  }

  private async issue(
    caller: Principal,
    id: string,
    erased: {
      kind: Subject['kind'];
      pseudonym: string;
      counts: Record<string, number>;
      everywhere: 'member' | 'erased' | 'anonymous' | undefined;
      holds: readonly { scope: string; subjectLabel: string; reason: string }[];
    },
  ): Promise<void> {
    const { tenantId, actor } = caller;
    const issuedAt = this.clock.now();
    const { name: company } = await this.settings.get();
    const certificate = this.certificates.issue({
      kind: erased.kind,
      certificate: id,
      tenantId,
      company,
      pseudonym: erased.pseudonym,
      erasedAt: issuedAt.toISOString(),
      erasedBy: { kind: actor.kind, id: actor.id },
      rows: erased.counts,
      account: erased.everywhere ?? 'none',
      kept: await this.kept(erased.holds, erased.everywhere),
    });
    const facts = { sha256: certificate.sha256, signature: certificate.signature, subjectLabel: erased.pseudonym };
    await this.erasures.addCertificate({ tenantId, id, kind: erased.kind, body: certificate.body, issuedAt, ...facts });
    await this.audit.record(actor, {
      action: 'person.erased',
      subject: { kind: 'erasure_certificate', id },
      after: { pseudonym: erased.pseudonym, rows: erased.counts, sha256: certificate.sha256 },
    });
  }

  private async kept(holds: readonly { scope: string; reason: string }[], everywhere: string | undefined): Promise<string[]> {
    const rules = await this.erasures.keptRules();
    const reasons = Map.groupBy(rules, ({ because }) => because);
    return [
      ...holds.map(({ scope, reason }) =>
        scope === 'tenant'
          ? `Everything but access, because the whole company is under legal hold: ${reason}`
          : `Names on what is under legal hold (${scope}), and the record of events: ${reason}`,
      ),
      ...(everywhere === 'member' ? ['The sign-in of this person, who is a member of another company here.'] : []),
      ...[...reasons].map(([because, places]) => `${[...new Set(places.map(({ target }) => target))].join(', ')}: ${because}`),
    ];
  }
}
