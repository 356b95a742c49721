import { hkdfSync, randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import type { Key, KeyRing } from '../config/key-ring.js';
import { decodeCanonical, decrypt, encrypt } from './gcm.js';

const VERSION = 'v1';

/** What a sealed value belongs to: a connection of a tenant, or a person, who belongs to no tenant. It opens nowhere else. */
export type SealContext = { tenantId: string; connectionId: string; field: string } | { personId: string; field: string };

/** Deliberately says no more: the reason would help only somebody who tampers. */
export class CannotOpen extends Error {
  override name = 'CannotOpen';
  constructor() {
    super('A sealed value cannot be opened: it was changed, belongs elsewhere, or its key is missing from the key ring.');
  }
}

/**
 * Seals secrets with AES-256-GCM. An envelope is `v1.<key id>.<wrapped data key>.<sealed value>` and needs no other row:
 * every envelope has a random data key of its own, wrapped by a key of the ring, so no data key ever spans two connections.
 * The key id is bound to the wrapping and everything else to both layers. That is why a rotation re-wraps the data key
 * and leaves the sealed value as it is. Also the injection token.
 */
export class Vault {
  constructor(
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  async seal(plaintext: string, context: SealContext): Promise<string> {
    const dataKey = randomBytes(32);
    const sealed = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), valueContext(context));
    return this.envelope(dataKey, sealed.toString('base64url'), context);
  }

  /** @throws CannotOpen */
  async open(envelope: string, context: SealContext): Promise<string> {
    return guarded(() => {
      const { dataKey, sealed } = this.unwrap(envelope, context);
      return decrypt(dataKey, decodeCanonical(sealed), valueContext(context)).toString('utf8');
    });
  }

  /** The same value under the ring's current key. @throws CannotOpen */
  async rewrap(envelope: string, context: SealContext): Promise<string> {
    return guarded(() => {
      const { dataKey, sealed } = this.unwrap(envelope, context);
      decrypt(dataKey, decodeCanonical(sealed), valueContext(context));
      return this.envelope(dataKey, sealed, context);
    });
  }

  /** Whether a rotation still has to visit this envelope. */
  isCurrent(envelope: string): boolean {
    return envelope.startsWith(`${VERSION}.${this.keys.current.id}.`);
  }

  /**
   * Seals what must survive a trip through the browser.
   * @param purpose a cookie sealed for one purpose opens for no other
   */
  sealCookie(purpose: string, value: string, expiresAt: Date): string {
    const { current } = this.keys;
    const payload = Buffer.from(JSON.stringify([expiresAt.getTime(), value]), 'utf8');
    const sealed = encrypt(subkey(current, 'cookie'), payload, [VERSION, current.id, purpose]);
    return [VERSION, current.id, sealed.toString('base64url')].join('.');
  }

  /** @returns undefined when it is forged, expired or meant for something else: a browser may send anything */
  openCookie(purpose: string, cookie: string): string | undefined {
    try {
      const [version = '', keyId = '', sealed = '', ...rest] = cookie.split('.');
      if (version !== VERSION || rest.length > 0) return undefined;
      const opened = decrypt(subkey(this.key(keyId), 'cookie'), decodeCanonical(sealed), [VERSION, keyId, purpose]);
      const [expiresAt, value] = JSON.parse(opened.toString('utf8')) as [number, string];
      return expiresAt > this.clock.now().getTime() ? value : undefined;
    } catch {
      return undefined;
    }
  }

  private envelope(dataKey: Buffer, sealed: string, context: SealContext): string {
    const { current } = this.keys;
    const wrapped = encrypt(subkey(current, 'wrap'), dataKey, keyContext(current.id, context));
    return [VERSION, current.id, wrapped.toString('base64url'), sealed].join('.');
  }

  private unwrap(envelope: string, context: SealContext): { dataKey: Buffer; sealed: string } {
    const [version, keyId = '', wrapped = '', sealed = '', ...rest] = envelope.split('.');
    if (version !== VERSION || rest.length > 0) throw new CannotOpen();
    const dataKey = decrypt(subkey(this.key(keyId), 'wrap'), decodeCanonical(wrapped), keyContext(keyId, context));
    return { dataKey, sealed };
  }

  private key(id: string): Key {
    const key = this.keys.byId.get(id);
    if (!key) throw new CannotOpen();
    return key;
  }
}

/** One key per use, so that what is sealed for a browser can never stand in for what is sealed in the database. */
function subkey(key: Key, use: 'wrap' | 'cookie'): Buffer {
  return Buffer.from(hkdfSync('sha256', key.bytes, '', `countersign vault ${use} ${VERSION}`, 32));
}

function keyContext(keyId: string, context: SealContext): string[] {
  return ['data key', VERSION, keyId, ...placeOf(context)];
}

function valueContext(context: SealContext): string[] {
  return ['value', VERSION, ...placeOf(context)];
}

function placeOf(context: SealContext): string[] {
  if ('personId' in context) return ['person', context.personId, context.field];
  return [context.tenantId, context.connectionId, context.field];
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch {
    throw new CannotOpen();
  }
}
