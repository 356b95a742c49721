import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Refusal } from '../domain/refusal.js';
import { Clock } from '../platform/clock/clock.js';
import { Vault } from '../platform/vault/vault.js';
import type { Principal } from '../database/audit/actor.js';

const PURPOSE = 'connect';
const LIFETIME_MS = 15 * 60_000;

const schema = z.object({ tenantId: z.string(), actorId: z.string(), connector: z.string(), state: z.string(), codeVerifier: z.string() });
export type Handshake = z.infer<typeof schema>;

export interface SealedHandshake {
  handshake: Handshake;
  codeChallenge: string;
  /** For one cookie of the browser that begins; nothing of it is kept here. */
  sealed: string;
  expiresAt: Date;
}

/** What has to come back unchanged from a vendor's consent page: who began it, where, and the proofs that it was us. */
@Injectable()
export class Handshakes {
  constructor(
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  begin(caller: Principal, connector: string): SealedHandshake {
    const handshake: Handshake = {
      tenantId: caller.tenantId,
      actorId: caller.actor.id,
      connector,
      state: randomBytes(24).toString('base64url'),
      codeVerifier: randomBytes(48).toString('base64url'),
    };
    const expiresAt = this.clock.later(LIFETIME_MS);
    return {
      handshake,
      codeChallenge: createHash('sha256').update(handshake.codeVerifier).digest('base64url'),
      sealed: this.vault.sealCookie(PURPOSE, JSON.stringify(handshake), expiresAt),
      expiresAt,
    };
  }

  /** @throws Refusal 'conflict' when the way back does not fit the way out: another person, company, browser or attempt. */
  finish(caller: Principal, connector: string, sealed: string | undefined, state: string | undefined): Handshake {
    const opened = this.vault.openCookie(PURPOSE, sealed ?? '');
    const handshake = opened === undefined ? undefined : schema.parse(JSON.parse(opened));
    const fits =
      handshake !== undefined &&
      handshake.tenantId === caller.tenantId &&
      handshake.actorId === caller.actor.id &&
      handshake.connector === connector &&
      isSame(handshake.state, state ?? '');
    if (fits) return handshake;
    throw new Refusal(
      'conflict',
      'This connection was begun in another window, by somebody else, or more than 15 minutes ago. Nothing was connected; begin again.',
    );
  }
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
