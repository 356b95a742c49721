import { withClient } from '../../src/platform/postgres/roles.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';

/** A tenant as the operator's command makes it: by the owner, outside any tenant. */
export async function createTenant(ownerUrl: string, name: string, timeZone = 'America/New_York'): Promise<string> {
  const id = uuidv7();
  await withClient(ownerUrl, async (client) => {
    await client.query('begin');
    await client.query('insert into tenant (id) values ($1)', [id]);
    await client.query("select set_config('app.tenant_id', $1, true)", [id]);
    await client.query('insert into tenant_settings (tenant_id, name, time_zone) values ($1, $2, $3)', [id, name, timeZone]);
    await client.query('insert into brand (tenant_id) values ($1)', [id]);
    await client.query('commit');
  });
  return id;
}
