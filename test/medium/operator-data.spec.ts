/** Goal: an operator's command exports one tenant and nobody else, and plans an erasure that can be undone. Real Postgres, as its owner. */
import 'reflect-metadata';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportTenant, planTenantErasure } from '../../src/lifecycle/operator.repository.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { readZip } from '../support/read-zip.js';
import { createTenant } from '../support/tenant.js';

let database: TestDatabase;
let tenantId: string;
const folder = mkdtempSync(join(tmpdir(), 'countersign-operator-'));

beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = await createTenant(database.ownerUrl, 'Northlight');
  await createTenant(database.ownerUrl, 'Stranger Ltd');
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

const asOwner = async <T>(work: Parameters<typeof withClient<T>>[1]): Promise<T> => await withClient(database.plainOwnerUrl, work);

describe('export-tenant', () => {
  it('writes one tenant into a file for this user alone', async () => {
    const file = join(folder, 'northlight.zip');
    const steps: number[] = [];
    const written = await asOwner((client) => exportTenant(client, tenantId, file, (done) => steps.push(done)));
    const entries = readZip(readFileSync(file));
    expect(written.size).toBe(statSync(file).size);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(entries.get('data/tenant_settings.jsonl')?.toString('utf8')).toContain('Northlight');
    expect(Buffer.concat([...entries.values()]).toString('latin1')).not.toContain('Stranger');
    expect(steps.at(-1)).toBeGreaterThan(1);
  });

  it('leaves nothing behind when it cannot', async () => {
    await expect(asOwner((client) => exportTenant(client, uuidv7(), join(folder, 'none.zip'), () => undefined))).rejects.toThrow(
      'There is no tenant',
    );
    await expect(asOwner((client) => exportTenant(client, tenantId, join(folder, 'nowhere', 'x.zip'), () => undefined))).rejects.toThrow();
    expect(existsSync(join(folder, 'none.zip'))).toBe(false);
  });
});

describe('erase-tenant', () => {
  const plan = (name: string) => asOwner((client) => planTenantErasure(client, { tenantId, name, days: 3 }));

  it('wants the exact name and no hold, plans once, and stops posting', async () => {
    await expect(plan('northlight')).rejects.toThrow('give exactly that');
    await withClient(database.ownerUrl, (client) =>
      client.query(
        `insert into legal_hold (tenant_id, id, scope, subject_label, reason, set_by_id, set_by_label, set_at) values ($1, $1, 'tenant', 'Everything', 'Court', 'x', 'x', now())`,
        [tenantId],
      ),
    );
    await expect(plan('Northlight')).rejects.toThrow('legal hold');
    await withClient(database.ownerUrl, (client) => client.query(`update legal_hold set lifted_at = now(), lifted_by_id = 'x'`));
    const { certificateId, notBefore } = await plan('Northlight');
    await expect(plan('Northlight')).rejects.toThrow('planned already');
    const { rows } = await withClient(database.ownerUrl, (client) =>
      client.query<{ certificate: string; by: string; due: Date; actor: string }>(
        `select e.certificate_id as certificate, s.posting_stopped_by as by, t.next_due_at as due, a.actor_kind as actor from tenant_erasure e
         join tenant_settings s using (tenant_id) join tenant_task t on t.tenant_id = e.tenant_id and t.kind = 'erasure'
         join audit_event a on a.tenant_id = e.tenant_id and a.action = 'data.tenant_erasure_requested' where e.tenant_id = $1`,
        [tenantId],
      ),
    );
    expect(rows).toEqual([{ certificate: certificateId, by: 'The operator', due: notBefore, actor: 'operator' }]);
  });
});
