/** Goal: a tenant keeps an owner, nobody rises above those who raise them, and every mail carries the secret that counts. */
import 'reflect-metadata';
import { createServer, type Server } from 'node:net';
import { Test, type TestingModule } from '@nestjs/testing';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/role.js';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { createTenant } from '../../src/identity/create-tenant.repository.js';
import { SendEmailJob } from '../../src/identity/emails/send-email.job.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import { Members, type MemberAdmin } from '../../src/identity/members.js';
import { EmailCodes } from '../../src/identity/sign-in/email-codes.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { jobPayload, type JobPayload } from '../../src/database/queues.js';
import { PersonRepository } from '../../src/identity/person.repository.js';
import { EmailCodeEntity } from '../../src/identity/sign-in/email-code.entity.js';
import { MembershipEntity } from '../../src/identity/membership.entity.js';
import { OutgoingEmailEntity } from '../../src/identity/emails/outgoing-email.entity.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { dataModules } from '../support/data-modules.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { testKey } from '../support/test-key.js';

let database: TestDatabase;
let module: TestingModule;
let tx: TenantTransaction;
let members: Members;
/** A mail server that hangs up on everybody. */
let deafServer: Server;

beforeAll(async () => {
  database = await createTestDatabase();
  deafServer = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => deafServer.listen(0, '127.0.0.1', resolve));
  const address = deafServer.address();
  const config = loadConfig(
    {
      SANDBOX: 'on',
      COUNTERSIGN_KEYS: `k1:${testKey.toString('base64')}`,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      SMTP_URL: `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
      MAIL_FROM: 'billing@msp.example',
    },
    [],
  );
  module = await Test.createTestingModule({
    imports: [...dataModules(database), ConfigModule.of(config), IdentityModule],
  }).compile();
  tx = module.get(TenantTransaction);
  members = module.get(Members);
});

afterAll(async () => {
  await module.get(PgBoss).stop({ graceful: false });
  await module.close();
  await database.drop();
  await new Promise((resolve) => deafServer.close(resolve));
});

async function newTenant(ownerEmail = 'first@msp.example'): Promise<string> {
  const wanted = { name: 'MSP', ownerEmail, timeZone: 'UTC', publicUrl: 'http://localhost' };
  return (await withClient(database.plainOwnerUrl, (owner) => createTenant(owner, wanted))).tenantId;
}

async function member(tenantId: string, name: string, role: Role): Promise<{ personId: string; admin: MemberAdmin }> {
  const personId = await module.get(PersonRepository).create(name, new Date());
  await tx.run(tenantId, () =>
    tx
      .rows(MembershipEntity)
      .insert({ tenantId, personId, email: `${name.toLowerCase()}@msp.example`, name, role, limits: {}, joinedAt: new Date() }),
  );
  return { personId, admin: { actor: { kind: 'person', id: personId, label: name }, tenantId, role } };
}

async function ownersOf(tenantId: string): Promise<number> {
  return (await members.list(tenantId)).filter((each) => each.role === 'owner').length;
}

describe('the last owner', () => {
  it('can neither leave nor step down', async () => {
    const tenantId = await newTenant();
    const { personId, admin } = await member(tenantId, 'Olivia', 'owner');
    await expect(members.remove(admin, personId)).rejects.toMatchObject({ reason: 'last_owner' });
    await expect(members.changeRole(admin, personId, 'admin')).rejects.toMatchObject({ reason: 'last_owner' });
    const second = await member(tenantId, 'Otto', 'owner');
    await members.changeRole(admin, personId, 'admin');
    await expect(members.remove(second.admin, second.personId)).rejects.toMatchObject({ reason: 'last_owner' });
  });

  it('is left when two owners remove each other at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const tenantId = await newTenant();
      const [one, two] = [await member(tenantId, 'One', 'owner'), await member(tenantId, 'Two', 'owner')];
      const results = await Promise.allSettled([members.remove(one.admin, two.personId), members.remove(two.admin, one.personId)]);
      expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await ownersOf(tenantId)).toBe(1);
    }
  });
});

describe('at the same moment', () => {
  it('three who invite one address leave one open invitation, and an answer for each', async () => {
    const tenantId = await newTenant();
    const { admin } = await member(tenantId, 'Olivia', 'owner');
    const email = 'wanted@msp.example';
    const made = await Promise.all([1, 2, 3].map(() => members.invite(admin, { email, role: 'member' })));
    const open = (await members.invitations(tenantId)).filter((row) => row.email === email);
    expect(open).toHaveLength(1);
    expect(made.map(({ invitationId }) => invitationId)).toContain(open[0]?.id);
  });

  it('two who withdraw one invitation withdraw it once', async () => {
    const tenantId = await newTenant();
    const { admin } = await member(tenantId, 'Olivia', 'owner');
    const { invitationId } = await members.invite(admin, { email: 'unwanted@msp.example', role: 'member' });
    const ended = await Promise.allSettled([1, 2].map(() => members.withdrawInvitation(admin, invitationId)));
    expect(ended.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { reason: 'not_found' } }]);
  });
});

describe('an admin', () => {
  it('looks after members, and touches no owner and no role', async () => {
    const tenantId = await newTenant();
    const owner = await member(tenantId, 'Olivia', 'owner');
    const { admin } = await member(tenantId, 'Ada', 'admin');
    const dana = await member(tenantId, 'Dana', 'member');
    await expect(members.invite(admin, { email: 'x@msp.example', role: 'owner' })).rejects.toMatchObject({ reason: 'owner_only' });
    await expect(members.remove(admin, owner.personId)).rejects.toMatchObject({ reason: 'owner_only' });
    await expect(members.changeRole(admin, dana.personId, 'owner')).rejects.toMatchObject({ reason: 'owner_only' });
    const [first] = await members.invitations(tenantId);
    await expect(members.withdrawInvitation(admin, first?.id ?? '')).rejects.toMatchObject({ reason: 'owner_only' });
    await members.remove(admin, dana.personId);
    await members.changeRole(owner.admin, admin.actor.id, 'read_only');
    const changed = await tx.run(tenantId, () => tx.rows(AuditEventEntity).findOneByOrFail({ action: 'member.role_changed' }));
    expect(changed).toMatchObject({ actorLabel: 'Olivia', before: { role: 'admin' }, after: { role: 'read_only' } });
  });

  it('cannot reach people of another tenant', async () => {
    const [here, there] = [await newTenant(), await newTenant()];
    const { admin } = await member(here, 'Ada', 'owner');
    const foreign = await member(there, 'Fay', 'member');
    await expect(members.remove(admin, foreign.personId)).rejects.toMatchObject({ reason: 'not_found' });
    await expect(members.changeRole(admin, foreign.personId, 'owner')).rejects.toMatchObject({ reason: 'not_found' });
    expect(await members.list(there)).toHaveLength(1);
  });
});

describe('an invitation', () => {
  it('is refused for a member and for what is no address, and one address has one', async () => {
    const tenantId = await newTenant();
    const { admin } = await member(tenantId, 'Olivia', 'owner');
    await expect(members.invite(admin, { email: 'OLIVIA@msp.example', role: 'member' })).rejects.toMatchObject({
      reason: 'already_member',
    });
    await expect(members.invite(admin, { email: 'nobody', role: 'member' })).rejects.toMatchObject({ reason: 'bad_address' });
    await members.invite(admin, { email: 'New@MSP.example', role: 'member', name: 'Nell', psaMember: 'nell', sendMail: false });
    await members.invite(admin, { email: 'new@msp.example', role: 'admin' });
    const [open, ...others] = (await members.invitations(tenantId)).filter((row) => row.email === 'new@msp.example');
    expect([open?.role, open?.name, open?.psaMember, others.length]).toEqual(['admin', 'Nell', 'nell', 0]);
  });
});

describe('a mail', () => {
  it('that cannot be delivered stays waiting, and the next try carries another code', async () => {
    const tenantId = await newTenant('code@msp.example');
    const codes = module.get(EmailCodes);
    const asked = await codes.ask('code@msp.example');
    const payload = await mailJob(tenantId);
    expect((await codeRow(tenantId, asked.codeId)).hash).toBeNull();
    await expect(module.get(SendEmailJob).send(payload)).rejects.toThrow();
    const first = await codeRow(tenantId, asked.codeId);
    expect(first.hash).toHaveLength(32);
    await expect(module.get(SendEmailJob).send(payload)).rejects.toThrow();
    expect((await codeRow(tenantId, asked.codeId)).hash).not.toEqual(first.hash);
    expect(await emailState(payload)).toBe('waiting');
  });

  it('about something that has ended is dropped', async () => {
    const tenantId = await newTenant();
    const { admin } = await member(tenantId, 'Olivia', 'owner');
    const { invitationId } = await members.invite(admin, { email: 'new@msp.example', role: 'member' });
    const payload = await mailJob(tenantId);
    await members.withdrawInvitation(admin, invitationId);
    await module.get(SendEmailJob).send(payload);
    expect(await emailState(payload)).toBe('dropped');
    await module.get(SendEmailJob).send(payload);
    await module.get(SendEmailJob).send({ tenantId, id: '0199f0a0-0000-7000-8000-000000000001' });
  });

  async function mailJob(tenantId: string): Promise<JobPayload> {
    const jobs = await module.get(PgBoss).fetch('mail.send', { batchSize: 50 });
    const found = jobs.map((job) => jobPayload.parse(job.data)).find((payload) => payload.tenantId === tenantId);
    if (!found) throw new Error('No mail job of this tenant is waiting');
    return found;
  }

  async function codeRow(tenantId: string, id: string): Promise<EmailCodeEntity> {
    return await tx.run(tenantId, () => tx.rows(EmailCodeEntity).findOneByOrFail({ tenantId, id }));
  }

  async function emailState({ tenantId, id }: JobPayload): Promise<string> {
    return await tx.run(tenantId, async () => (await tx.rows(OutgoingEmailEntity).findOneByOrFail({ tenantId, id })).state);
  }
});

describe('an operator', () => {
  it.each([
    [{ name: ' ' }, 'bad_name'],
    [{ timeZone: 'Mars/Olympus' }, 'bad_name'],
    [{ ownerEmail: 'nobody' }, 'bad_address'],
  ])('makes no tenant of %j', async (wrong, reason) => {
    const wanted = { name: 'MSP', ownerEmail: 'a@b.example', timeZone: 'UTC', publicUrl: 'http://localhost', ...wrong };
    await expect(withClient(database.plainOwnerUrl, (owner) => createTenant(owner, wanted))).rejects.toMatchObject({ reason });
  });

  it('is the only one who can: the app role may not', async () => {
    const wanted = { name: 'MSP', ownerEmail: 'a@b.example', timeZone: 'UTC', publicUrl: 'http://localhost' };
    await expect(withClient(database.appUrl, (app) => createTenant(app, wanted))).rejects.toThrow(/permission denied/);
  });
});

it('refuses an API key without a name, and to revoke one of another tenant', async () => {
  const [here, there] = [await newTenant(), await newTenant()];
  const keys = module.get(ApiKeys);
  const operator = { kind: 'operator', id: 'test', label: 'Operator' } as const;
  await expect(keys.create(here, operator, { name: ' ', role: 'admin' })).rejects.toMatchObject({ reason: 'bad_name' });
  const { id, key } = await keys.create(here, operator, { name: 'script', role: 'admin' });
  await expect(keys.revoke(there, operator, id)).rejects.toMatchObject({ reason: 'not_found' });
  expect(await keys.resolve(key)).toMatchObject({ tenantId: here });
});
