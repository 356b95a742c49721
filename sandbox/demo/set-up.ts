import { PSA_LOGIN } from '../connectwise/constants.js';
import { MSP } from '../msp/msp.js';
import { Countersign, type Connection } from '../tour/countersign.js';
import { brandEverywhere, brandOfMelbourne } from './brand.js';
import { Browser } from './browser.js';
import { addProviders, inviteLimited, inviteStaff, signIn } from './people.js';

export interface SetUpOptions {
  /** Where Countersign is. */
  url: string;
  /** Opens the new tenant for its first owner, once; absent where the owner has been there before. */
  ownerLink?: string;
}

/** Names of the keys in demo.json, as scripts know them, and the role of each. */
const KEYS = { owner: 'owner', admin: 'admin', member: 'member', readonly: 'read_only' } as const;
export type DemoKeys = Record<keyof typeof KEYS, string>;

/** The sandbox is live from its first day of data; a real tenant's Owner picks this. */
const GO_LIVE = '2026-08-01';

/** Whose books each ledger keeps, by the name of the PSA's location. */
const OFFICES: Readonly<Record<string, string>> = { quickbooks: MSP.offices.us.name, xero: MSP.offices.au.name };

/**
 * What the owner of the invented MSP does on their first day, on the app's own pages: joins, makes keys, connects the three
 * vendors, says which office posts where, starts posting, sets the brand and invites the staff. What is there already stays.
 */
export async function setUp({ url, ownerLink }: SetUpOptions): Promise<DemoKeys> {
  const owner = new Browser(url);
  if (ownerLink !== undefined) await owner.visit(ownerLink);
  await signIn(owner, 'owner');
  await addProviders(owner, 'owner');
  const keys = await makeKeys(owner);
  const app = new Countersign(url, keys.owner);
  await connectAll(owner, app);
  await mapLocations(owner, app);
  for (const ledger of await app.connections())
    if (ledger.posting?.mode === 'preview') await owner.post(`/connections/${ledger.id}/go-live`, { date: GO_LIVE });
  const melbourne = (await source(app)).locations.find(({ name }) => name === MSP.offices.au.name);
  if (!melbourne) throw new Error('The PSA has no office in Melbourne');
  await setBrand(owner, melbourne.externalId);
  await inviteStaff(owner);
  await inviteLimited(owner, new Browser(url), `${melbourne.sourceConnectionId}/${melbourne.externalId}`);
  return keys;
}

async function makeKeys(owner: Browser): Promise<DemoKeys> {
  const made: [string, string][] = [];
  for (const [name, role] of Object.entries(KEYS)) {
    const { html } = await owner.post('/settings/api-keys', { name: `Sandbox ${name}`, role, preset: 'role' });
    const [, key] = /id="new-key">([^<]+)</.exec(html) ?? [];
    if (key === undefined) throw new Error(`The page of API keys shows no new key for ${name}`);
    made.push([name, key]);
  }
  return Object.fromEntries(made) as DemoKeys;
}

/** The PSA first: each ledger is mapped to one of its locations. */
async function connectAll(owner: Browser, app: Countersign): Promise<void> {
  const known = new Set((await app.connections()).map(({ connector }) => connector));
  if (!known.has('connectwise')) await owner.post('/connect/connectwise', PSA_LOGIN);
  for (const ledger of Object.keys(OFFICES)) {
    if (known.has(ledger)) continue;
    const consent = await owner.visit(`/connect/${ledger}`);
    await owner.press(consent);
  }
}

async function mapLocations(owner: Browser, app: Countersign): Promise<void> {
  const connections = await app.connections();
  const { id, locations } = await source(app);
  const fields = Object.entries(OFFICES).flatMap(([connector, office]): [string, string][] => {
    const ledger = connections.find((connection) => connection.connector === connector);
    const location = locations.find(({ name }) => name === office);
    if (!ledger || !location || location.ledgerConnectionId !== undefined) return [];
    return [[`location.${id}.${location.externalId}`, ledger.id]];
  });
  if (fields.length > 0) await owner.post(`/connections/${id}/locations`, Object.fromEntries(fields));
}

async function source(app: Countersign): Promise<Connection> {
  const found = (await app.connections()).find(({ connector }) => connector === 'connectwise');
  if (!found) throw new Error('The PSA is not connected');
  return found;
}

/** Once: a logo says that somebody has been here. */
async function setBrand(owner: Browser, melbourne: string): Promise<void> {
  if ((await owner.visit('/settings/brand')).html.includes('/settings/brand/logo')) return;
  await owner.post('/settings/brand', brandOfMelbourne(melbourne));
  await owner.post('/settings/brand', brandEverywhere());
}
