import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { SandboxContext } from '../../kit/server.js';
import { SANDBOX_CLIENT_ID } from './client.js';

const ACCESS_TOKEN_SECONDS = 1_800;
const CODE_MS = 5 * 60_000;
const GRACE_MS = 30 * 60_000;
const UNUSED_MS = 60 * 24 * 3_600_000;

/** One consent of one user: every token of it dies with it. */
export interface Grant {
  id: string;
  userId: string;
  authEventId: string;
  scopes: string[];
  /** Made with PKCE and without the secret; its refreshes need no secret either. */
  isPublic: boolean;
  revoked: boolean;
}

interface CodeRecord {
  grantId: string;
  redirectUri: string;
  challenge?: string | undefined;
  issuedAt: number;
  used: boolean;
}

interface RefreshRecord {
  grantId: string;
  issuedAt: number;
  replacedAt?: number | undefined;
}

export interface TokenSet {
  access_token: string;
  expires_in: number;
  token_type: 'Bearer';
  scope: string;
  refresh_token?: string;
}

export type AccessCheck = { grant: Grant } | { problem: 'missing' | 'revoked' } | { expiredAt: Date };

/** Codes, access tokens and rotating refresh tokens, all by the sandbox's clock and all kept in its store. */
export class Tokens {
  constructor(private readonly context: SandboxContext) {}

  grant(scopes: string[]): Grant {
    const grant: Grant = { id: randomUUID(), userId: randomUUID(), authEventId: randomUUID(), scopes, isPublic: false, revoked: false };
    this.context.store.put('oauth-grant', grant.id, grant);
    return grant;
  }

  issueCode(grant: Grant, redirectUri: string, challenge: string | undefined): string {
    const code = randomBytes(24).toString('base64url');
    const record: CodeRecord = { grantId: grant.id, redirectUri, challenge, issuedAt: this.now(), used: false };
    this.context.store.put('oauth-code', code, record);
    return code;
  }

  /** `undefined` stands for `invalid_grant`. A client without its secret must have sent a PKCE challenge before. */
  redeemCode(code: string, redirectUri: string, verifier: string | undefined, hasSecret: boolean): TokenSet | undefined {
    const record = this.context.store.get<CodeRecord>('oauth-code', code);
    if (!record || record.used || this.now() - record.issuedAt > CODE_MS || record.redirectUri !== redirectUri) return undefined;
    if (record.challenge !== undefined && s256(verifier ?? '') !== record.challenge) return undefined;
    if (!hasSecret && record.challenge === undefined) return undefined;
    const grant = this.liveGrant(record.grantId);
    if (!grant) return undefined;
    this.context.store.put('oauth-code', code, { ...record, used: true });
    this.context.store.put('oauth-grant', grant.id, { ...grant, isPublic: !hasSecret });
    return this.issue(grant);
  }

  /** The token just replaced still works for 30 minutes, for a client that never saw the answer. */
  refresh(token: string, hasSecret: boolean): TokenSet | undefined {
    const record = this.context.store.get<RefreshRecord>('oauth-refresh', token);
    const grant = record && this.liveGrant(record.grantId);
    if (!record || !grant || (!hasSecret && !grant.isPublic)) return undefined;
    const now = this.now();
    if (record.replacedAt !== undefined && now - record.replacedAt > GRACE_MS) return undefined;
    if (record.replacedAt === undefined && now - record.issuedAt > UNUSED_MS) return undefined;
    this.context.store.put('oauth-refresh', token, { ...record, replacedAt: record.replacedAt ?? now });
    return this.issue(grant);
  }

  /** Returns the grant that the token belonged to. */
  revoke(token: string): Grant | undefined {
    const record = this.context.store.get<RefreshRecord>('oauth-refresh', token);
    const grant = record && this.liveGrant(record.grantId);
    if (grant) this.context.store.put('oauth-grant', grant.id, { ...grant, revoked: true });
    return grant;
  }

  check(authorization: string | undefined): AccessCheck {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    const claims = token && this.verify(token);
    if (!claims) return { problem: 'missing' };
    if (this.now() >= claims.exp * 1_000) return { expiredAt: new Date(claims.exp * 1_000) };
    const grant = this.liveGrant(claims.grant);
    return grant ? { grant } : { problem: 'revoked' };
  }

  private issue(grant: Grant): TokenSet {
    const issuedAt = Math.floor(this.now() / 1_000);
    const claims = {
      iss: this.context.url(),
      client_id: SANDBOX_CLIENT_ID,
      xero_userid: grant.userId,
      authentication_event_id: grant.authEventId,
      scope: grant.scopes,
      grant: grant.id,
      jti: randomUUID(),
      iat: issuedAt,
      exp: issuedAt + ACCESS_TOKEN_SECONDS,
    };
    const body = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`;
    const tokens: TokenSet = {
      access_token: `${body}.${this.sign(body)}`,
      expires_in: ACCESS_TOKEN_SECONDS,
      token_type: 'Bearer',
      scope: grant.scopes.join(' '),
    };
    if (!grant.scopes.includes('offline_access')) return tokens;
    const refreshToken = randomBytes(32).toString('base64url');
    const record: RefreshRecord = { grantId: grant.id, issuedAt: this.now() };
    this.context.store.put('oauth-refresh', refreshToken, record);
    return { ...tokens, refresh_token: refreshToken };
  }

  private verify(token: string): { grant: string; exp: number } | undefined {
    const [header, payload, signature] = token.split('.');
    if (!header || !payload || !signature) return undefined;
    const expected = Buffer.from(this.sign(`${header}.${payload}`));
    const actual = Buffer.from(signature);
    if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return undefined;
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { grant: string; exp: number };
  }

  private sign(body: string): string {
    let key = this.context.store.get<string>('_oauth', 'signing-key');
    if (!key) this.context.store.put('_oauth', 'signing-key', (key = randomBytes(32).toString('hex')));
    return createHmac('sha256', key).update(body).digest('base64url');
  }

  private liveGrant(id: string): Grant | undefined {
    const grant = this.context.store.get<Grant>('oauth-grant', id);
    return grant?.revoked === false ? grant : undefined;
  }

  private now(): number {
    return this.context.clock.now().getTime();
  }
}

function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
