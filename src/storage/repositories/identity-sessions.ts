import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Role } from '../../domain/role.js';

export type SessionMethod = 'google' | 'microsoft' | 'oidc' | 'email_code' | 'link';

/** How a session was opened, which decides the tenants that it may enter: the identity that was proved, and by what. */
export interface SessionProof {
  method: SessionMethod;
  issuer: string;
  subject: string;
}

export interface ResolvedSession {
  personId: string;
  personName: string;
  /** The membership of the session's tenant as it is now; all null when there is none (any more). */
  tenantId: string | null;
  tenantName: string | null;
  role: Role | null;
  email: string | null;
  /** 'unknown' and nulls for a session that nobody says the origin of; it enters only where a tenant asks for nothing. */
  method: SessionMethod | 'unknown';
  issuer: string | null;
  subject: string | null;
  /** The Workspace domain of a Google account. */
  hostedDomain: string | null;
}

export interface NewSession {
  idHash: Buffer;
  personId: string;
  /** Must be a tenant of this person; null for somebody who belongs to none. */
  tenantId: string | null;
  at: Date;
  expiresAt: Date;
  /** Hash of the session that ends with this one. */
  replaces: Buffer | null;
  /** Must be an identity of this person. */
  proof?: SessionProof;
}

/** Sessions are looked up before a tenant is known: only through functions that ask for the hash of the secret. */
@Injectable()
export class SessionStore {
  constructor(private readonly dataSource: DataSource) {}

  async resolve(idHash: Buffer, at: Date, idleSeconds: number): Promise<ResolvedSession | undefined> {
    const [row] = await this.dataSource.query<ResolvedSession[]>(
      `select person_id as "personId", person_name as "personName", tenant_id as "tenantId", tenant_name as "tenantName", role, email,
         method, issuer, subject, hosted_domain as "hostedDomain"
       from resolve_session($1, $2, $3)`,
      [idHash, at, idleSeconds],
    );
    return row;
  }

  async open(session: NewSession): Promise<void> {
    const { idHash, personId, tenantId, at, expiresAt, replaces, proof } = session;
    await this.dataSource.query('select open_session($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
      idHash,
      personId,
      tenantId,
      at,
      expiresAt,
      replaces,
      proof?.method ?? 'unknown',
      proof?.issuer ?? null,
      proof?.subject ?? null,
    ]);
  }

  async end(idHash: Buffer): Promise<void> {
    await this.dataSource.query('select end_session($1)', [idHash]);
  }

  async endAllOf(personId: string): Promise<void> {
    await this.dataSource.query('select end_sessions_of($1)', [personId]);
  }
}
