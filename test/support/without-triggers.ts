import type { ClientBase } from 'pg';
import { withClient } from '../../src/platform/postgres/roles.js';

/** As somebody who owns the database and switches off what stands in the way: state machines, sealed records, foreign keys. */
export async function pastTheTriggers<T>(ownerUrl: string, work: (owner: ClientBase) => Promise<T>): Promise<T> {
  return await withClient(ownerUrl, async (owner) => {
    await owner.query("set session_replication_role = 'replica'");
    return await work(owner);
  });
}
