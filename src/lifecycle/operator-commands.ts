import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { Refusal } from '../domain/refusal.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { SNAPSHOT_STATEMENTS, type SnapshotReader } from '../database/export-statements.js';
import { writeExport, type WrittenExport } from './export/write-export.js';

/** What a connection of the database's owner can do. */
interface OwnerClient {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** All of a tenant's data into a file that only this user may read. Runs as the database's owner, who sees every tenant: each statement names this one. */
export async function exportTenant(
  owner: OwnerClient,
  tenantId: string,
  file: string,
  progress: (done: number, expected: number) => void,
): Promise<WrittenExport> {
  await companyName(owner, tenantId);
  const reader: SnapshotReader = {
    query: async <T>(sql: string, parameters: unknown[] = []) => (await owner.query(sql, parameters)).rows as T[],
  };
  const told = { expected: 0, done: 0 };
  const part = `${file}.part`;
  const out = (await open(part, 'w', 0o600)).createWriteStream();
  await owner.query('begin');
  try {
    for (const statement of SNAPSHOT_STATEMENTS) await owner.query(statement);
    await owner.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    const written = await writeExport(reader, tenantId, out, {
      now: new Date(),
      signal: new AbortController().signal,
      progress: (step) => {
        Object.assign(told, step);
        progress(told.done, told.expected);
      },
    });
    await rename(part, file);
    return written;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await owner.query('rollback');
  }
}

/** Plans what an owner of the tenant could have asked for; the running app does it when the days are over. @returns where the certificate will be */
export async function planTenantErasure(
  owner: OwnerClient,
  { tenantId, name, days }: { tenantId: string; name: string; days: number },
): Promise<{ certificateId: string; notBefore: Date }> {
  const company = await companyName(owner, tenantId);
  if (company !== name) throw new Refusal('invalid', `This tenant is called "${company}": give exactly that as --name.`);
  const [certificateId, notBefore] = [randomUUID(), new Date(Date.now() + days * 86_400_000)];
  await owner.query('begin');
  try {
    await owner.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    const holds = await owner.query('select from legal_hold where tenant_id = $1 and lifted_at is null', [tenantId]);
    if (holds.rows.length > 0)
      throw new Refusal('conflict', 'Something of this tenant is under legal hold. An owner has to lift it first.');
    const made = await owner.query(
      `insert into tenant_erasure (tenant_id, id, certificate_id, state, requested_by_kind, requested_by_id, requested_by_label, requested_at,
         not_before, posting_was_stopped)
       select $1, $2, $3, 'waiting', 'operator', 'cli', 'The operator', now(), $4, posting_stopped_at is not null from tenant_settings where tenant_id = $1
       on conflict do nothing returning id`,
      [tenantId, uuidv7(), certificateId, notBefore],
    );
    if (made.rows.length === 0) throw new Refusal('conflict', 'The erasure of this tenant is planned already.');
    await owner.query(
      `update tenant_settings set posting_stopped_at = now(), posting_stopped_by = 'The operator' where tenant_id = $1 and posting_stopped_at is null`,
      [tenantId],
    );
    await owner.query(
      `insert into tenant_task (tenant_id, kind, next_due_at) values ($1, 'erasure', $2)
       on conflict (tenant_id, kind) do update set next_due_at = excluded.next_due_at`,
      [tenantId, notBefore],
    );
    await owner.query(
      `insert into audit_event (tenant_id, id, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, after)
       values ($1::uuid, $2, 'operator', 'cli', 'The operator', 'data.tenant_erasure_requested', 'tenant', $1::uuid::text, $3)`,
      [tenantId, uuidv7(), JSON.stringify({ notBefore, certificate: certificateId })],
    );
    await owner.query('commit');
  } catch (error) {
    await owner.query('rollback');
    throw error;
  }
  return { certificateId, notBefore };
}

async function companyName(owner: OwnerClient, tenantId: string): Promise<string> {
  await owner.query("select set_config('app.tenant_id', $1, false)", [tenantId]);
  const { rows } = await owner.query('select name from tenant_settings where tenant_id = $1', [tenantId]);
  const [row] = rows as { name: string }[];
  if (!row) throw new Refusal('not_found', `There is no tenant ${tenantId}.`);
  return row.name;
}
