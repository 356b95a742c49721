import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../kit/clock.js';
import type { SandboxStore } from '../kit/store.js';
import { readOptions } from './options.js';

const ACCESS_SECONDS = 3_600;
/** 101 days since the value was issued. */
const REFRESH_SECONDS = 8_726_400;
/** Five years since the user connected, whatever was refreshed in between. */
const HARD_SECONDS = 157_680_000;
const CODE_SECONDS = 600;
const DAY_MS = 86_400_000;

export interface Grant {
  id: string;
  realmId: string;
  scope: string;
  createdAt: number;
  revoked: boolean;
}

interface Code {
  grant: Grant;
  redirectUri: string;
  expiresAt: number;
  used: boolean;
}

interface Refresh {
  value: string;
  grantId: string;
  issuedAt: number;
  supersededAt?: number;
  supersededBy?: string;
}

interface Access {
  grantId: string;
  expiresAt: number;
}

export interface TokenAnswer {
  token_type: 'bearer';
  access_token: string;
  expires_in: number;
  refresh_token: string;
  x_refresh_token_expires_in: number;
  x_refresh_token_hard_expires_in: number;
}

/** The life of a grant: code, access tokens, and refresh values that change and die, all by the sandbox clock. */
export class Tokens {
  constructor(
    private readonly store: SandboxStore,
    private readonly clock: SandboxClock,
  ) {}

  issueCode(realmId: string, scope: string, redirectUri: string): string {
    const grant: Grant = { id: random(8), realmId, scope, createdAt: this.now(), revoked: false };
    const code = `XAB1${random(24)}`;
    this.store.put('_grant', grant.id, grant);
    this.store.put('_code', code, { grant, redirectUri, expiresAt: this.now() + CODE_SECONDS * 1000, used: false } satisfies Code);
    return code;
  }

  /** A description of why not, or the tokens. A code that comes twice takes back what its first use gave. */
  exchange(code: string, redirectUri: string): TokenAnswer | string {
    const held = this.store.get<Code>('_code', code);
    if (!held) return 'Invalid authorization code';
    if (held.used) {
      this.revokeGrant(held.grant.id);
      return 'Authorization code was already used';
    }
    if (this.now() > held.expiresAt) return 'Authorization code expired';
    if (held.redirectUri !== redirectUri) return 'redirect_uri does not match';
    return this.store.transaction(() => {
      this.store.put('_code', code, { ...held, used: true });
      return this.answer(held.grant, this.issueRefresh(held.grant.id));
    });
  }

  refresh(value: string): TokenAnswer | string {
    const held = this.store.get<Refresh>('_refresh', value);
    const grant = held && this.store.get<Grant>('_grant', held.grantId);
    if (!held || !grant || grant.revoked) return 'Incorrect or invalid refresh token';
    if (this.now() > grant.createdAt + HARD_SECONDS * 1000) return 'Refresh token reached its maximum lifetime';
    if (this.now() > held.issuedAt + REFRESH_SECONDS * 1000) return 'Refresh token expired';
    const { refreshRotation, refreshGraceHours } = readOptions(this.store);
    if (held.supersededAt !== undefined && this.now() >= held.supersededAt + refreshGraceHours * 3_600_000) return 'Token superseded';
    return this.store.transaction(() => {
      const current = this.newest(held);
      const rotate = refreshRotation === 'every-refresh' ? current.value === held.value : this.now() >= current.issuedAt + DAY_MS;
      return this.answer(grant, rotate ? this.supersede(current) : current);
    });
  }

  /** False for an unknown token; either kind takes the whole grant back. */
  revoke(token: string): boolean {
    const grantId = this.store.get<Refresh>('_refresh', token)?.grantId ?? this.store.get<Access>('_access', token)?.grantId;
    if (grantId === undefined) return false;
    this.revokeGrant(grantId);
    return true;
  }

  /** The grant behind an access token, or why there is none. */
  grantOf(accessToken: string): Grant | 'unknown' | 'expired' {
    const access = this.store.get<Access>('_access', accessToken);
    const grant = access && this.store.get<Grant>('_grant', access.grantId);
    if (!access || !grant || grant.revoked) return 'unknown';
    return this.now() >= access.expiresAt ? 'expired' : grant;
  }

  private answer(grant: Grant, refresh: Refresh): TokenAnswer {
    const access = `eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..${random(48)}`;
    this.store.put('_access', access, { grantId: grant.id, expiresAt: this.now() + ACCESS_SECONDS * 1000 } satisfies Access);
    return {
      token_type: 'bearer',
      access_token: access,
      expires_in: ACCESS_SECONDS,
      refresh_token: refresh.value,
      x_refresh_token_expires_in: REFRESH_SECONDS - Math.floor((this.now() - refresh.issuedAt) / 1000),
      x_refresh_token_hard_expires_in: HARD_SECONDS - Math.floor((this.now() - grant.createdAt) / 1000),
    };
  }

  private issueRefresh(grantId: string): Refresh {
    const refresh: Refresh = { value: `RT1-109-H0-${Math.floor(this.now() / 1000)}${random(10)}`, grantId, issuedAt: this.now() };
    this.store.put('_refresh', refresh.value, refresh);
    return refresh;
  }

  private supersede(current: Refresh): Refresh {
    const next = this.issueRefresh(current.grantId);
    this.store.put('_refresh', current.value, { ...current, supersededAt: this.now(), supersededBy: next.value });
    return next;
  }

  private newest(refresh: Refresh): Refresh {
    const next = refresh.supersededBy === undefined ? undefined : this.store.get<Refresh>('_refresh', refresh.supersededBy);
    return next ? this.newest(next) : refresh;
  }

  private revokeGrant(grantId: string): void {
    const grant = this.store.get<Grant>('_grant', grantId);
    if (grant) this.store.put('_grant', grantId, { ...grant, revoked: true });
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
