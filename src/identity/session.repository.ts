import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Role } from '../domain/role.js';

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
  /** Names it to its person; opens nothing. */
  ref: string;
  /** When they signed in, or confirmed by any proof. */
  assuredAt: Date | null;
  /** When they proved a second factor in this session. */
  factorAt: Date | null;
  hasFactor: boolean;
  /** By the tenant, of somebody of this role. */
  factorDemanded: boolean;
  /** Since when the session has its present id; null for whoever came with the one before. */
  idSince: Date | null;
  /** What the membership adds to or takes from the role, as stored. */
  limits: unknown;
}

export interface Device {
  ref: string;
  tenantName: string | null;
  createdAt: Date;
  lastSeenAt: Date;
  userAgent: string | null;
  ip: string | null;
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
  userAgent?: string | undefined;
  ip?: string | undefined;
  /** The replaced session goes on in another tenant: as old as it was, and with what it proved. */
  goesOn?: boolean;
}

/** Sessions are looked up before a tenant is known: only through functions that ask for the hash of the secret. */
@Injectable()
export class SessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  async resolve(idHash: Buffer, at: Date, idleSeconds: number): Promise<ResolvedSession | undefined> {
    const [row] = await this.dataSource.query<ResolvedSession[]>(
      `select person_id as "personId", person_name as "personName", tenant_id as "tenantId", tenant_name as "tenantName", role, email,
         method, issuer, subject, hosted_domain as "hostedDomain",
         ref, assured_at as "assuredAt", factor_at as "factorAt", has_factor as "hasFactor", factor_demanded as "factorDemanded",
         id_since as "idSince",
         membership_limits(person_id, tenant_id) as limits
       from resolve_session($1, $2, $3)`,
      [idHash, at, idleSeconds],
    );
    return row;
  }

  async open(session: NewSession): Promise<void> {
    const { idHash, personId, tenantId, at, expiresAt, replaces, proof, userAgent, ip, goesOn = false } = session;
    await this.dataSource.query('select open_session($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)', [
      idHash,
      personId,
      tenantId,
      at,
      expiresAt,
      replaces,
      proof?.method ?? 'unknown',
      proof?.issuer ?? null,
      proof?.subject ?? null,
      userAgent?.slice(0, 400) ?? null,
      ip?.slice(0, 60) ?? null,
      goesOn,
    ]);
  }

  async end(idHash: Buffer): Promise<void> {
    await this.dataSource.query('select end_session($1)', [idHash]);
  }

  async endAllOf(personId: string): Promise<void> {
    await this.dataSource.query('select end_sessions_of($1)', [personId]);
  }

  /** After a proof. False when the session ended meanwhile. */
  async rotate(oldHash: Buffer, newHash: Buffer, at: Date, byFactor: boolean): Promise<boolean> {
    const [row] = await this.dataSource.query<{ done: boolean }[]>('select rotate_session($1, $2, $3, $4) as done', [
      oldHash,
      newHash,
      at,
      byFactor,
    ]);
    return row?.done === true;
  }

  /** While it is used. Of those who ask at the same time only the first is told true; the old id stays good for `graceSeconds`. */
  async renew(oldHash: Buffer, newHash: Buffer, at: Date, graceSeconds: number): Promise<boolean> {
    const [row] = await this.dataSource.query<{ done: boolean }[]>('select renew_session($1, $2, $3, make_interval(secs => $4)) as done', [
      oldHash,
      newHash,
      at,
      graceSeconds,
    ]);
    return row?.done === true;
  }

  async devicesOf(personId: string, at: Date): Promise<Device[]> {
    return await this.dataSource.query<Device[]>(
      `select ref, tenant_name as "tenantName", created_at as "createdAt", last_seen_at as "lastSeenAt", user_agent as "userAgent", ip
       from sessions_of($1, $2)`,
      [personId, at],
    );
  }

  async endOneOf(personId: string, ref: string): Promise<boolean> {
    const [row] = await this.dataSource.query<{ done: boolean }[]>('select end_one_session_of($1, $2) as done', [personId, ref]);
    return row?.done === true;
  }
}
