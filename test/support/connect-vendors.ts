import type { INestApplicationContext } from '@nestjs/common';
import { pressFirstButton } from '../../sandbox/kit/press-button.js';
import { MSP } from '../../sandbox/msp/msp.js';
import { PSA_LOGIN } from '../../sandbox/connectwise/index.js';
import { Connect } from '../../src/connections/connect.js';
import { ConnectionSettings } from '../../src/connections/settings.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { ConnectionRepository } from '../../src/connections/connection.repository.js';
import { LocationEntity } from '../../src/connections/location.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';

/** Whose books each ledger keeps, by the name of the PSA's location. */
const OFFICES = { quickbooks: MSP.offices.us.name, xero: MSP.offices.au.name } as const;

/**
 * Connects the invented vendors through the services behind the connect pages, as the sandbox's set-up does through the pages.
 * Vendors that are connected already stay as they are. @param urls by connector key; vendors without one are left out
 */
export async function connectVendors(
  app: INestApplicationContext,
  tenantId: string,
  urls: Readonly<Record<string, string>>,
): Promise<{ previewLedgers: string[] }> {
  const caller: Principal = { tenantId, role: 'owner', actor: { kind: 'operator', id: 'test', label: 'A test' } };
  const [tx, connections, connect] = [app.get(TenantTransaction), app.get(ConnectionRepository), app.get(Connect)];
  const all = () => tx.run(tenantId, () => connections.all());
  const known = new Set((await all()).map((row) => row.connector));
  const wanted = (key: string): boolean => urls[key] !== undefined && !known.has(key);
  // The source first: each ledger is mapped to one of its locations.
  if (wanted('connectwise')) await connect.submit(caller, 'connectwise', PSA_LOGIN);
  for (const key of ['quickbooks', 'xero'] as const) {
    if (!wanted(key)) continue;
    const { location, sealed } = connect.begin(caller, key);
    const back = await pressFirstButton(location);
    const outcome = await connect.complete(caller, key, Object.fromEntries(back.searchParams), sealed);
    if (!('connectionId' in outcome)) throw new Error(`The sandbox of ${key} offers several accounts`);
    await mapLocation(app, caller, OFFICES[key], outcome.connectionId);
  }
  const ledgers = (await all()).filter((row) => row.connector in OFFICES && row.postingMode === 'preview');
  return { previewLedgers: ledgers.map((row) => row.id) };
}

async function mapLocation(app: INestApplicationContext, caller: Principal, name: string, ledgerConnectionId: string): Promise<void> {
  const { tenantId } = caller;
  const tx = app.get(TenantTransaction);
  const location = await tx.run(tenantId, () => tx.rows(LocationEntity).findOneBy({ tenantId, name }));
  if (!location) return;
  await app.get(ConnectionSettings).mapLocation(caller, location.sourceConnectionId, location.externalId, ledgerConnectionId);
}
