import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Clock } from '../platform/clock/clock.js';
import { PersonRepository, type TenantAdmission, type MembershipOfPerson } from './person.repository.js';
import { SessionRepository, type Device, type ResolvedSession, type SessionProof } from './session.repository.js';
import { SignInRequired, StepUpRequired } from './access-refused.js';
import { Cookies } from './cookies.js';
import { newSecret, sha256 } from './secret.js';

const IDLE_SECONDS = 12 * 3_600;
const LIFETIME_MS = 14 * 24 * 3_600_000;
/** An id that somebody copied is of no use for longer. */
const ID_LIFETIME_MS = 3_600_000;
/** For what the browser sent before it heard of the new one. */
const OLD_ID_SECONDS = 60;
/** A proof of who somebody is counts for so long, for what asks for one. */
const FRESH_MS = 10 * 60_000;

/** Sessions of people in a browser: a random id in the cookie, its hash in the database. */
@Injectable()
export class Sessions {
  constructor(
    private readonly store: SessionRepository,
    private readonly people: PersonRepository,
    private readonly cookies: Cookies,
    private readonly clock: Clock,
  ) {}

  async resolve(request: Request): Promise<ResolvedSession | undefined> {
    const id = this.cookies.read(request, 'session');
    return id === undefined ? undefined : await this.store.resolve(sha256(id), this.clock.now(), IDLE_SECONDS);
  }

  /** For handlers that the guard lets through because they ask for a session themselves. @throws SignInRequired */
  async signedIn(request: Request): Promise<ResolvedSession> {
    const session = await this.resolve(request);
    if (!session) throw new SignInRequired();
    return session;
  }

  /** The same, with a recent proof, so that somebody who finds an open session cannot take it over. @throws SignInRequired, StepUpRequired */
  async assured(request: Request): Promise<ResolvedSession> {
    const session = await this.signedIn(request);
    if (!isAssured(session, this.clock.now())) throw new StepUpRequired();
    return session;
  }

  /**
   * Signs the person in, under a new id. Without `tenantId` they come into the tenant they used last, of those that admit
   * this proof; into none, when none does.
   */
  async open(
    request: Request,
    response: Response,
    {
      personId,
      proof,
      tenantId,
      goesOn = false,
    }: { personId: string; proof: SessionProof; tenantId?: string | undefined; goesOn?: boolean },
  ): Promise<{ tenantId: string | null }> {
    const old = this.cookies.read(request, 'session');
    const open = (await this.admissionsOf(personId, proof)).filter(({ problem }) => problem === null);
    const entered = (tenantId === undefined ? open[0] : open.find((each) => each.tenantId === tenantId))?.tenantId ?? null;
    const id = newSecret();
    const expiresAt = this.clock.later(LIFETIME_MS);
    await this.store.open({
      idHash: sha256(id),
      personId,
      tenantId: entered,
      at: this.clock.now(),
      expiresAt,
      replaces: old === undefined ? null : sha256(old),
      proof,
      userAgent: request.headers['user-agent'],
      ip: request.ip,
      goesOn,
    });
    this.cookies.set(response, 'session', id, expiresAt);
    return { tenantId: entered };
  }

  /** All tenants of the person; the one they used last comes first. */
  async tenantsOf(personId: string): Promise<MembershipOfPerson[]> {
    return await this.people.membershipsOf(personId);
  }

  /** The same, each with why it does not admit who signed in like this. */
  async admissionsOf(personId: string, cameBy: Pick<ResolvedSession, 'method' | 'issuer' | 'subject'>): Promise<TenantAdmission[]> {
    return await this.people.admissionsOf(personId, cameBy);
  }

  /** How a session was opened; undefined when nobody says. */
  proofOf({ method, issuer, subject }: ResolvedSession): SessionProof | undefined {
    return method === 'unknown' || issuer === null || subject === null ? undefined : { method, issuer, subject };
  }

  async end(request: Request, response: Response): Promise<void> {
    const id = this.cookies.read(request, 'session');
    if (id !== undefined) await this.store.end(sha256(id));
    this.cookies.clear(response, 'session');
  }

  /** After a proof: the same session under a new id. @throws SignInRequired when it ended meanwhile */
  async rotate(request: Request, response: Response, { byFactor }: { byFactor: boolean }): Promise<void> {
    const old = this.cookies.read(request, 'session');
    const id = newSecret();
    if (old === undefined || !(await this.store.rotate(sha256(old), sha256(id), this.clock.now(), byFactor))) throw new SignInRequired();
    this.cookies.set(response, 'session', id, this.clock.later(LIFETIME_MS));
  }

  /**
   * The same session under a new id, once its id is an hour old. Whoever asks at the same time keeps the old id for a minute and
   * gets the new one from the browser, which has heard of it by then.
   */
  async renewWhenDue(request: Request, response: Response, { idSince }: ResolvedSession): Promise<void> {
    const now = this.clock.now();
    const old = this.cookies.read(request, 'session');
    if (old === undefined || idSince === null || now.getTime() - idSince.getTime() < ID_LIFETIME_MS) return;
    const id = newSecret();
    if (await this.store.renew(sha256(old), sha256(id), now, OLD_ID_SECONDS))
      this.cookies.set(response, 'session', id, this.clock.later(LIFETIME_MS));
  }

  /** Where this person is signed in, whichever tenant they look at there. */
  async devicesOf(personId: string): Promise<Device[]> {
    return await this.store.devicesOf(personId, this.clock.now());
  }

  async endOneOf(personId: string, ref: string): Promise<boolean> {
    return await this.store.endOneOf(personId, ref);
  }

  async endAllOf(personId: string): Promise<void> {
    await this.store.endAllOf(personId);
  }
}

type Proofs = Pick<ResolvedSession, 'assuredAt' | 'factorAt' | 'hasFactor'>;

/**
 * Whether somebody proved a short while ago that it is them. Whoever has a second factor proves with it: a sign-in or a mail is
 * what a thief of their mailbox would have, too.
 */
export function isAssured({ assuredAt, factorAt, hasFactor }: Proofs, now: Date): boolean {
  const proof = hasFactor ? factorAt : assuredAt;
  return proof !== null && now.getTime() - proof.getTime() < FRESH_MS;
}
