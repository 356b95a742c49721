import { decodeCanonical, decrypt } from './gcm.js';
import { keyNamed, subkey, type Keys } from './keys.js';
import type { SealContext } from './seal-context.js';

/**
 * `v1.<key id>.<wrapped data key>.<sealed value>`, whose data key a key of the ring wrapped directly. Nothing is sealed like
 * that any more; a rotation lifts what still is.
 */
export function openV1(keys: Keys, parts: readonly string[], context: SealContext): Buffer {
  const [keyId = '', wrapped = '', sealed = ''] = parts;
  const place =
    'personId' in context ? ['person', context.personId, context.field] : [context.tenantId, context.connectionId, context.field];
  const dataKey = decrypt(subkey(keyNamed(keys, keyId), 'wrap v1'), decodeCanonical(wrapped), ['data key', 'v1', keyId, ...place]);
  return decrypt(dataKey, decodeCanonical(sealed), ['value', 'v1', ...place]);
}
