import type { Key } from '../../src/platform/config/key-ring.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { fixedKeys } from '../../src/platform/vault/keys.js';
import { LocalWrapper } from '../../src/platform/vault/local-wrapper.js';
import { testKey } from './test-key.js';

/** The secret that the roles of the test server have their passwords from, as an installation with this key keeps it. */
export async function plantInstallationSecret(ownerUrl: string, key: Key): Promise<void> {
  const wrapper = new LocalWrapper(fixedKeys({ current: key, byId: new Map([[key.id, key]]) }));
  const { keyId, wrapped } = await wrapper.wrap(testKey, ['installation secret']);
  await withClient(ownerUrl, async (owner) => {
    await owner.query('delete from installation_secret');
    await owner.query('insert into installation_secret (wrapped) values ($1)', [`${keyId}.${wrapped}`]);
  });
}
