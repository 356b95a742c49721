import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import { CannotOpen, guarded } from './cannot-open.js';
import { decodeCanonical, decrypt, encrypt } from './gcm.js';
import type { KeyWrapper } from './key-wrapper.js';
import { keyNamed, subkey, type Keys } from './keys.js';
import type { SealContext } from './seal-context.js';
import type { TenantKeys } from './tenant-keys.js';
import type { StoredTenantKey } from './tenant-key-store.js';

/**
 * `v1.<key id>.<wrapped data key>.<sealed value>`, whose data key a key of the ring wrapped directly. Nothing is sealed like
 * that any more; a rotation lifts what still is.
 */
function openV1(keys: Keys, parts: readonly string[], context: SealContext): Buffer {
  const [keyId = '', wrapped = '', sealed = ''] = parts;
  const place =
    'personId' in context ? ['person', context.personId, context.field] : [context.tenantId, context.connectionId, context.field];
  const dataKey = decrypt(subkey(keyNamed(keys, keyId), 'wrap v1'), decodeCanonical(wrapped), ['data key', 'v1', keyId, ...place]);
  return decrypt(dataKey, decodeCanonical(sealed), ['value', 'v1', ...place]);
}

export { CannotOpen } from './cannot-open.js';
export type { SealContext } from './seal-context.js';

const VERSION = 'v2';
const COOKIE_VERSION = 'v1';
const MOST_DATA_KEYS = 1_000;

/**
 * Seals secrets with AES-256-GCM. An envelope is `v2.<key id>.<wrapped data key>.<sealed value>`: every envelope has a random
 * data key of its own, wrapped by the key of its tenant, or for a person's value by the key wrapper. The key id is bound to
 * the wrapping and the place to both layers. Rotating the wrapper's key re-wraps one row per tenant and leaves the envelopes
 * alone. Seal and open outside of database transactions: a wrapper may be a network away. Also the injection token.
 */
export class Vault {
  /** Data keys live as long in memory as the tenant's key that unwrapped them. */
  private readonly dataKeys = new WeakMap<KeyObject, Map<string, KeyObject>>();

  constructor(
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly wrapper: KeyWrapper,
    private readonly tenantKeys: TenantKeys,
  ) {}

  /** @throws KeysUnavailable; CannotOpen when the tenant's key was destroyed */
  async seal(plaintext: string, context: SealContext): Promise<string> {
    const dataKey = randomBytes(32);
    const sealed = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), valueContext(context));
    return await this.envelope(dataKey, sealed.toString('base64url'), context);
  }

  /** @param stored the tenant's key, when it was read together with the envelope @throws CannotOpen, KeysUnavailable */
  async open(envelope: string, context: SealContext, stored?: StoredTenantKey): Promise<string> {
    const [version, ...parts] = envelope.split('.');
    if (parts.length !== 3) throw new CannotOpen();
    if (version === 'v1') return guarded(() => openV1(this.keys, parts, context).toString('utf8'));
    if (version !== VERSION) throw new CannotOpen();
    const dataKey = await this.dataKey(parts, context, stored);
    return guarded(() => decrypt(dataKey, decodeCanonical(parts[2] ?? ''), valueContext(context)).toString('utf8'));
  }

  /** The same value under the keys that seal now. @throws CannotOpen, KeysUnavailable */
  async rewrap(envelope: string, context: SealContext): Promise<string> {
    return await this.seal(await this.open(envelope, context), context);
  }

  /** Whether a rotation has nothing to do for this envelope. @throws KeysUnavailable */
  async isCurrent(envelope: string, context: SealContext): Promise<boolean> {
    const keyId = 'personId' in context ? await this.wrapper.currentKeyId() : (await this.tenantKeys.state(context.tenantId))?.id;
    return keyId !== undefined && envelope.startsWith(`${VERSION}.${keyId}.`);
  }

  /**
   * Seals what must survive a trip through the browser.
   * @param purpose a cookie sealed for one purpose opens for no other
   */
  sealCookie(purpose: string, value: string, expiresAt: Date): string {
    const { current } = this.keys.ring();
    const payload = Buffer.from(JSON.stringify([expiresAt.getTime(), value]), 'utf8');
    const sealed = encrypt(subkey(current, 'cookie v1'), payload, [COOKIE_VERSION, current.id, purpose]);
    return [COOKIE_VERSION, current.id, sealed.toString('base64url')].join('.');
  }

  /** @returns undefined when it is forged, expired or meant for something else: a browser may send anything */
  openCookie(purpose: string, cookie: string): string | undefined {
    try {
      const [version = '', keyId = '', sealed = '', ...rest] = cookie.split('.');
      if (version !== COOKIE_VERSION || rest.length > 0) return undefined;
      const key = subkey(keyNamed(this.keys, keyId), 'cookie v1');
      const opened = decrypt(key, decodeCanonical(sealed), [COOKIE_VERSION, keyId, purpose]);
      const [expiresAt, value] = JSON.parse(opened.toString('utf8')) as [number, string];
      return expiresAt > this.clock.now().getTime() ? value : undefined;
    } catch {
      return undefined;
    }
  }

  private async envelope(dataKey: Buffer, sealed: string, context: SealContext): Promise<string> {
    if ('personId' in context) {
      const { keyId, wrapped } = await this.wrapper.wrap(dataKey, keyContext(context));
      return [VERSION, keyId, wrapped, sealed].join('.');
    }
    const { id, key } = await this.tenantKeys.forSealing(context.tenantId);
    const wrapped = encrypt(key, dataKey, [id, ...keyContext(context)]);
    return [VERSION, id, wrapped.toString('base64url'), sealed].join('.');
  }

  private async dataKey(parts: readonly string[], context: SealContext, stored: StoredTenantKey | undefined): Promise<Buffer | KeyObject> {
    const [keyId = '', wrapped = ''] = parts;
    if ('personId' in context) return await this.wrapper.unwrap({ keyId, wrapped }, keyContext(context));
    const { key } = await this.tenantKeys.forOpening(context.tenantId, keyId, stored);
    const known = this.knownDataKeys(key);
    const place = [keyId, ...keyContext(context)];
    // By everything that the wrapping is bound to, so that only what was unwrapped before is found.
    const name = JSON.stringify([wrapped, ...place]);
    const dataKey = known.get(name) ?? guarded(() => createSecretKey(decrypt(key, decodeCanonical(wrapped), place)));
    known.set(name, dataKey);
    return dataKey;
  }

  private knownDataKeys(tenantKey: KeyObject): Map<string, KeyObject> {
    const known = this.dataKeys.get(tenantKey) ?? new Map<string, KeyObject>();
    this.dataKeys.set(tenantKey, known);
    if (known.size >= MOST_DATA_KEYS) known.clear();
    return known;
  }
}

function keyContext(context: SealContext): string[] {
  return ['data key', VERSION, ...placeOf(context)];
}

function valueContext(context: SealContext): string[] {
  return ['value', VERSION, ...placeOf(context)];
}

function placeOf(context: SealContext): string[] {
  if ('personId' in context) return ['person', context.personId, context.field];
  return ['tenant', context.tenantId, context.connectionId, context.field];
}
