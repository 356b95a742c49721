import { randomBytes } from 'node:crypto';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { CannotOpen } from '../vault/cannot-open.js';
import type { Keys } from '../vault/keys.js';
import { LocalWrapper } from '../vault/local-wrapper.js';
import { ROLES_LOCK, withClient } from './roles.js';

const CONTEXT = ['installation secret'];

/**
 * The secret that the passwords of our database roles follow from. It is made once and wrapped by the key ring, so that a
 * rotation changes how it is stored and not what it is: processes that run under the old ring keep their way in. Also puts it
 * under the ring's current key.
 * @throws OneSentenceError when the ring does not have the key it was wrapped by
 */
export async function installationSecret(ownerUrl: string, keys: Keys): Promise<Buffer> {
  const wrapper = new LocalWrapper(keys);
  const wrapped = async (secret: Buffer) => Object.values(await wrapper.wrap(secret, CONTEXT)).join('.');
  return await withClient(ownerUrl, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [ROLES_LOCK]);
    const { rows } = await client.query<{ wrapped: string }>('SELECT wrapped FROM installation_secret');
    const [keyId = '', stored = ''] = rows[0]?.wrapped.split('.') ?? [];
    const secret = rows[0] ? await open(wrapper, keyId, stored) : randomBytes(32);
    if (keyId !== keys.ring().current.id) {
      const keep = 'INSERT INTO installation_secret (wrapped) VALUES ($1) ON CONFLICT (singleton) DO UPDATE SET wrapped = excluded.wrapped';
      await client.query(keep, [await wrapped(secret)]);
    }
    await client.query('COMMIT');
    return secret;
  });
}

async function open(wrapper: LocalWrapper, keyId: string, wrapped: string): Promise<Buffer> {
  try {
    return await wrapper.unwrap({ keyId, wrapped }, CONTEXT);
  } catch (error) {
    if (!(error instanceof CannotOpen)) throw error;
    throw new OneSentenceError(
      `The key ring is not the one of this database: it was last used with the key ${keyId}. Put that key back into the ring, behind the new one.`,
    );
  }
}
