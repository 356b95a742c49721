import { createTenant } from '../../identity/create-tenant.js';
import { withClient } from '../../platform/postgres/roles.js';
import { MSP } from '../../connectors/kit/sandbox/msp.js';
import { LUMEN_TID } from '../people.js';

/** The sandbox's one MSP, made at the first start by the owner, as an operator would. @returns its id */
export async function firstTenant(ownerUrl: string, publicUrl: string): Promise<string> {
  return await withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from tenant order by created_at limit 1');
    const existing = rows[0]?.id;
    if (existing) return existing;
    const { tenantId } = await createTenant(client, {
      name: MSP.name,
      ownerEmail: MSP.members[0].email,
      timeZone: 'America/New_York',
      publicUrl,
      allowedDirectories: [LUMEN_TID],
    });
    return tenantId;
  });
}
