import { randomBytes } from 'node:crypto';
import { APP_ROLE, withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';

const ROLE = 'countersign_bench_bypass';

/** A role with every right of the app's, and row security switched off for it. @returns its URL */
export async function createBypassRole(urls: DatabaseUrls): Promise<string> {
  const password = randomBytes(16).toString('hex');
  await withClient(urls.ownerUrl, (owner) =>
    owner.query(`create role ${ROLE} login inherit bypassrls password '${password}' in role ${APP_ROLE}`),
  );
  const url = new URL(urls.ownerUrl);
  url.username = ROLE;
  url.password = password;
  return url.href;
}
