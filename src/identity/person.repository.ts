import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Role } from '../domain/role.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';

/** What a provider vouches for; the pair is the key. */
export interface ProvenIdentity {
  issuer: string;
  subject: string;
  /** Shown to people, never matched. */
  email: string | null;
  /** The Workspace domain that Google names; absent for all others. */
  hostedDomain?: string;
}

/** One sign-in method of a person, as their own settings list it. */
export interface LinkedIdentity {
  issuer: string;
  subject: string;
  email: string | null;
  linkedAt: Date;
  lastUsedAt: Date;
}

/** Why a tenant does not admit somebody: the sign-in method is off, or the directory or domain is none of theirs. */
export type AdmissionProblem = 'method' | 'directory' | 'domain';

export interface MembershipOfPerson {
  tenantId: string;
  tenantName: string;
  role: Role;
  email: string;
}

/** A tenant of a person, and why it does not admit them as they signed in. */
export interface TenantAdmission extends MembershipOfPerson {
  problem: AdmissionProblem | null;
}

export interface InvitationKey {
  tenantId: string;
  invitationId: string;
}

/** People and their identities belong to no tenant: reachable only through functions, whose answers are ids. */
@Injectable()
export class PersonRepository {
  constructor(private readonly dataSource: DataSource) {}

  async personBehind(identity: Pick<ProvenIdentity, 'issuer' | 'subject'>, at: Date): Promise<string | undefined> {
    const [row] = await this.dataSource.query<{ id: string | null }[]>('select resolve_identity($1, $2, $3) as id', [
      identity.issuer,
      identity.subject,
      at,
    ]);
    return row?.id ?? undefined;
  }

  async create(name: string, at: Date): Promise<string> {
    const id = uuidv7();
    await this.dataSource.query('select create_person($1, $2, $3)', [id, name, at]);
    return id;
  }

  /** @returns whose identity it is now: somebody else's, if it already had an owner */
  async link(identity: ProvenIdentity, personId: string, at: Date): Promise<string> {
    const [row] = await this.dataSource.query<{ id: string }[]>('select link_identity($1, $2, $3, $4, $5) as id', [
      identity.issuer,
      identity.subject,
      personId,
      identity.email,
      at,
    ]);
    if (!row) throw new Error('The database did not say whose identity it is');
    return row.id;
  }

  async identitiesOf(personId: string): Promise<LinkedIdentity[]> {
    return await this.dataSource.query(
      'select issuer, subject, email, linked_at as "linkedAt", last_used_at as "lastUsedAt" from identities_of($1)',
      [personId],
    );
  }

  /** What its provider says of it as of now. */
  async note({ issuer, subject, email, hostedDomain }: ProvenIdentity): Promise<void> {
    await this.dataSource.query('select note_identity($1, $2, $3, $4)', [issuer, subject, email, hostedDomain?.toLowerCase() ?? null]);
  }

  /** Ends every session that it opened. Undefined when it is done. */
  async unlink(personId: string, { issuer, subject }: Pick<ProvenIdentity, 'issuer' | 'subject'>): Promise<'gone' | 'last' | undefined> {
    const [row] = await this.dataSource.query<{ problem: 'gone' | 'last' | null }[]>('select unlink_identity($1, $2, $3) as problem', [
      personId,
      issuer,
      subject,
    ]);
    return row?.problem ?? undefined;
  }

  /** Why that tenant does not admit this proof; undefined when it does. Whether the person is a member is another question. */
  async admissionProblem(
    tenantId: string,
    { method, issuer }: { method: string; issuer: string | null },
    hostedDomain?: string | null,
  ): Promise<AdmissionProblem | undefined> {
    const [row] = await this.dataSource.query<{ problem: AdmissionProblem | null }[]>(
      'select entrance_problem($1, $2, $3, $4) as problem',
      [tenantId, method, issuer, hostedDomain?.toLowerCase() ?? null],
    );
    return row?.problem ?? undefined;
  }

  /** The tenant used last comes first. */
  async membershipsOf(personId: string): Promise<MembershipOfPerson[]> {
    return await this.dataSource.query('select tenant_id as "tenantId", tenant_name as "tenantName", role, email from memberships_of($1)', [
      personId,
    ]);
  }

  /** The tenant used last comes first. */
  async admissionsOf(
    personId: string,
    { method, issuer, subject }: { method: string; issuer: string | null; subject: string | null },
  ): Promise<TenantAdmission[]> {
    return await this.dataSource.query(
      'select tenant_id as "tenantId", tenant_name as "tenantName", role, email, problem from doors_of($1, $2, $3, $4)',
      [personId, method, issuer, subject],
    );
  }

  async allowedDirectories(): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>('select id from allowed_directories() as a (id)');
    return rows.map((row) => row.id);
  }

  async invitationsFor(provenAddress: string, at: Date): Promise<InvitationKey[]> {
    return await this.dataSource.query('select tenant_id as "tenantId", invitation_id as "invitationId" from invitations_for($1, $2)', [
      provenAddress,
      at,
    ]);
  }

  async invitationBehind(tokenHash: Buffer, at: Date): Promise<InvitationKey | undefined> {
    const [row] = await this.dataSource.query<InvitationKey[]>(
      'select tenant_id as "tenantId", invitation_id as "invitationId" from resolve_invitation($1, $2)',
      [tokenHash, at],
    );
    return row;
  }

  /** In whose name a code is sent to this address; undefined for an address that nobody here knows. */
  async tenantForCode(address: string, at: Date): Promise<string | undefined> {
    const [row] = await this.dataSource.query<{ id: string | null }[]>('select sign_in_tenant($1, $2) as id', [address, at]);
    return row?.id ?? undefined;
  }
}
