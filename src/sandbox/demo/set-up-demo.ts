import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { z } from 'zod';
import { NO_LIMITS } from '../../domain/access.js';
import { ROLES, type Role } from '../../domain/role.js';
import { DemoConnections } from '../../connections/demo.js';
import { ApiKeys } from '../../identity/api-keys.js';
import { Members } from '../../identity/members.js';
import { MSP } from '../../connectors/kit/sandbox/msp.js';
import type { Config } from '../../platform/config/config.js';
import { PostingSwitch } from '../../billing/posting/posting-switch.js';
import type { Actor, Caller } from '../../database/audit/actor.js';
import { LocationEntity } from '../../connections/location.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { lumenBrand } from './lumen-brand.js';

/** The sandbox is live from its first day of data; a real tenant's Owner picks this. */
const GO_LIVE = '2026-08-01';

const OPERATOR: Actor = { kind: 'operator', id: 'sandbox', label: 'The sandbox' };

/** Names of the keys in demo.json, as scripts know them. */
const KEY_NAMES: Readonly<Record<Role, string>> = { owner: 'owner', admin: 'admin', member: 'member', read_only: 'readonly' };

const ROLE_OF: Readonly<Record<string, Role>> = {
  dana: 'admin',
  jdoe: 'member',
  marco: 'member',
  priya: 'member',
  tom: 'read_only',
  mei: 'read_only',
};

const demoFile = z.object({ apiKeys: z.record(z.string(), z.string()) });

/** At the first start of a sandbox: people are invited, keys made, the brand set and the three vendors connected. Later starts only refresh demo.json. */
export async function setUpDemo(app: INestApplicationContext, config: Config): Promise<void> {
  const tenantId = config.demoTenantId;
  if (!tenantId || !config.sandboxServers) return;
  const file = join(config.dataDir, 'demo.json');
  const known = existsSync(file) ? demoFile.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data?.apiKeys : undefined;
  const apiKeys = (await stillWork(app.get(ApiKeys), known)) ?? (await newKeys(app.get(ApiKeys), tenantId));
  writeDemoFile(file, {
    url: config.publicUrl,
    tenantId,
    databaseUrl: config.database.appUrl,
    pids: { app: process.pid, sandbox: config.sandboxServers.pid },
    apiKeys,
    sandbox: config.sandboxServers.urls,
  });
  await invitePeople(app.get(Members), tenantId);
  await lumenBrand(app, tenantId);
  const { previewLedgers } = await app.get(DemoConnections).connectAll(tenantId, config.sandboxServers.urls);
  await inviteLimited(app, tenantId);
  const owner: Caller = { tenantId, role: 'owner', actor: OPERATOR };
  for (const connectionId of previewLedgers) await app.get(PostingSwitch).goLive(owner, connectionId, GO_LIVE);
}

async function stillWork(keys: ApiKeys, known: Record<string, string> | undefined): Promise<Record<string, string> | undefined> {
  if (!known) return undefined;
  for (const name of Object.values(KEY_NAMES)) if (!(await keys.resolve(known[name] ?? ''))) return undefined;
  return known;
}

async function newKeys(keys: ApiKeys, tenantId: string): Promise<Record<string, string>> {
  const made: Record<string, string> = {};
  for (const role of ROLES)
    made[KEY_NAMES[role]] = (await keys.create(tenantId, OPERATOR, { name: `Sandbox ${KEY_NAMES[role]}`, role })).key;
  return made;
}

async function invitePeople(members: Members, tenantId: string): Promise<void> {
  const here = new Set([...(await members.list(tenantId)), ...(await members.invitations(tenantId))].map((person) => person.email));
  for (const { identifier, email } of MSP.members) {
    const role = ROLE_OF[identifier];
    if (role && !here.has(email)) await members.invite({ actor: OPERATOR, tenantId, role: 'owner' }, { email, role });
  }
}

/** Somebody to try limits with: sees the Melbourne office alone, no costs, and approves up to 1,000 AUD. */
const LIMITED = { identifier: 'callum', location: MSP.offices.au.name, approveUpTo: { AUD: '1000' } } as const;

async function inviteLimited(app: INestApplicationContext, tenantId: string): Promise<void> {
  const members = app.get(Members);
  const email = MSP.members.find(({ identifier }) => identifier === LIMITED.identifier)?.email;
  const here = [...(await members.list(tenantId)), ...(await members.invitations(tenantId))];
  const tx = app.get(TenantTransaction);
  const location = await tx.run(tenantId, () => tx.rows(LocationEntity).findOneBy({ tenantId, name: LIMITED.location }));
  if (!email || !location || here.some((person) => person.email === email)) return;
  const limits = {
    ...NO_LIMITS,
    adjusted: { 'cost.read': false },
    approveUpTo: LIMITED.approveUpTo,
    locations: [`${location.sourceConnectionId}/${location.externalId}`],
  };
  await members.invite({ actor: OPERATOR, tenantId, role: 'owner' }, { email, role: 'member', limits });
}

/** In one step, readable by us alone: it holds keys. */
function writeDemoFile(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
