/** Goal: an export holds all of a tenant's data, of one moment, and no secret and nobody else's. Real Postgres, as the app role. */
import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ExportJob } from '../../src/lifecycle/export/export.job.js';
import { Exports } from '../../src/lifecycle/export/exports.js';
import { TABLE_DECISIONS } from '../../src/lifecycle/export/table-decisions.js';
import { writeExport } from '../../src/lifecycle/export/write-export.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { DataExportRepository } from '../../src/lifecycle/export/data-export.repository.js';
import { DataExportEntity } from '../../src/lifecycle/export/data-export.entity.js';
import { TableDocumentStore } from '../../src/billing/documents/document-bytes.repository.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { openLifecycle, type OpenedLifecycle } from '../support/lifecycle.js';
import { aKey } from '../support/queries.js';
import { readZip } from '../support/read-zip.js';
import { aSeedInvoice, seedConnections, seedInvoices } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

const SIGNAL = new AbortController().signal;
const SECRET = 'v1.sealed-canary-7d1f';
const manifestShape = z.object({
  format: z.literal('countersign-export'),
  version: z.int(),
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string(), rows: z.int().optional() })),
  leftOut: z.array(z.object({ table: z.string(), because: z.string() })),
  omittedColumns: z.array(z.object({ table: z.string(), columns: z.array(z.string()) })),
});

let database: TestDatabase;
let opened: OpenedLifecycle;
let tx: TenantTransaction;
let tenantId: string;
let owner: Principal;

beforeAll(async () => {
  database = await createTestDatabase();
  opened = await openLifecycle(database);
  tx = opened.module.get(TenantTransaction);
  tenantId = await createTenant(database.ownerUrl, 'Northlight');
  owner = aKey(tenantId, 'owner');
  const here = await seedConnections(opened.module, tenantId);
  await seedInvoices(
    opened.module,
    here,
    Array.from({ length: 30 }, (_, index) => aSeedInvoice(index)),
  );
  const other = await createTenant(database.ownerUrl, 'Stranger Ltd');
  await seedInvoices(opened.module, await seedConnections(opened.module, other), [aSeedInvoice(900)]);
  await tx.run(tenantId, async () => {
    await tx.execute('update connection set sealed_credentials = $2 where tenant_id = $1', [tenantId, SECRET]);
    await tx.execute(
      `insert into email_code (tenant_id, id, address, salt, hash, requested_at, expires_at) values ($1, $1, 'a@b.example', $2, $2, now(), now())`,
      [tenantId, Buffer.from(SECRET)],
    );
    const store = new TableDocumentStore(tx);
    for (let index = 0; index < 9; index += 1) await store.put(randomBytes(40_000));
  });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

const row = async (id: string): Promise<DataExportEntity> =>
  await tx.run(tenantId, () => tx.rows(DataExportEntity).findOneByOrFail({ tenantId, id }));
const file = (id: string): string => join(opened.dataDir, 'exports', tenantId, `${id}.zip`);

async function prepared(): Promise<string> {
  const id = await opened.module.get(Exports).request(owner);
  await opened.module.get(ExportJob).export({ tenantId, id }, SIGNAL);
  return id;
}

function unpack(zip: Buffer): { entries: Map<string, Buffer>; manifest: z.infer<typeof manifestShape> } {
  const entries = readZip(zip);
  return { entries, manifest: manifestShape.parse(JSON.parse(entries.get('manifest.json')?.toString('utf8') ?? '')) };
}

describe('an export', () => {
  it('holds every row of every table that is decided to be in it, and every PDF, each as the manifest says', async () => {
    const id = await prepared();
    const zip = readFileSync(file(id));
    const { entries, manifest } = unpack(zip);
    expect([...entries.keys()].toSorted()).toEqual([...manifest.files.map(({ name }) => name), 'manifest.json'].toSorted());
    for (const { name, bytes, sha256, rows } of manifest.files) {
      const content = entries.get(name) ?? Buffer.alloc(0);
      expect([name, content.length, createHash('sha256').update(content).digest('hex')]).toEqual([name, bytes, sha256]);
      if (rows === undefined) continue;
      const lines = content.toString('utf8').split('\n').filter(Boolean);
      const table = name.replace(/^data\/(.*)\.jsonl$/, '$1');
      const [counted] = await tx.run(tenantId, () =>
        tx.query<{ count: number }>(`select count(*)::int as count from ${table} where tenant_id = $1`, [tenantId]),
      );
      // The audit has grown since by what tells of the export itself.
      if (table !== 'audit_event') expect([table, lines.length, rows]).toEqual([table, counted?.count, counted?.count]);
      for (const line of lines) expect(z.object({ tenant_id: z.literal(tenantId) }).safeParse(JSON.parse(line)).success).toBe(true);
    }
    const wanted = Object.entries(TABLE_DECISIONS)
      .filter(([, { exported }]) => exported)
      .map(([table]) => `data/${table}.jsonl`);
    expect(manifest.files.map(({ name }) => name)).toEqual(expect.arrayContaining(wanted));
    expect(manifest.files.filter(({ name }) => name.startsWith('documents/'))).toHaveLength(9);
    const told = await row(id);
    expect(told).toMatchObject({ state: 'ready', size: String(zip.length), sha256: createHash('sha256').update(zip).digest('hex') });
    expect(told.done).toBe(told.expected);
    expect(statSync(file(id)).mode & 0o777).toBe(0o600);
  });

  it('holds amounts as they are, and no secret and nothing of others', async () => {
    const { entries, manifest } = unpack(readFileSync(file(await prepared())));
    const everything = Buffer.concat([...entries.values()]).toString('latin1');
    expect(everything).not.toContain(SECRET);
    expect(everything).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 24));
    expect(everything).not.toContain('Stranger');
    const [first = ''] = (entries.get('data/invoice.jsonl')?.toString('utf8') ?? '').split('\n');
    expect(JSON.parse(first)).toMatchObject({ total: expect.stringMatching(/^\d+\.\d{4}$/) as string });
    expect(manifest.omittedColumns).toEqual([
      { table: 'audit_seal', columns: ['salts'] },
      { table: 'connection', columns: ['sealed_credentials'] },
    ]);
    expect(manifest.leftOut.map(({ table }) => table)).toContain('email_code');
  });

  it('is of one moment, whatever is written meanwhile', async () => {
    const chunks: Buffer[] = [];
    const out = new PassThrough().on('data', (chunk: Buffer) => chunks.push(chunk));
    let written: Promise<unknown> | undefined;
    await tx.snapshot(tenantId, () =>
      writeExport(tx, tenantId, out, {
        now: new Date(),
        signal: SIGNAL,
        progress: ({ done }) => {
          if (done !== 1) return;
          written = withClient(database.ownerUrl, (client) =>
            client.query(
              `insert into sync_run (tenant_id, id, connection_id, kind, state, requested_by, queued_at)
               select tenant_id, gen_random_uuid(), id, 'pull', 'queued', 'late', now() from connection where tenant_id = $1 limit 1`,
              [tenantId],
            ),
          );
        },
      }),
    );
    await written;
    const entries = readZip(Buffer.concat(chunks));
    expect(entries.get('data/sync_run.jsonl')?.toString('utf8')).not.toContain('late');
    expect(
      await tx.run(tenantId, () => tx.query(`select from sync_run where tenant_id = $1 and requested_by = 'late'`, [tenantId])),
    ).toHaveLength(1);
  });

  it('cannot write, and cannot begin inside of another transaction', async () => {
    await expect(tx.snapshot(tenantId, () => tx.execute('update tenant_settings set name = name'))).rejects.toThrow('read-only');
    await expect(tx.run(tenantId, () => tx.snapshot(tenantId, async () => undefined))).rejects.toThrow('outside of any transaction');
  });

  it('is for one person, for a day, and one is written at a time', async () => {
    const exports = opened.module.get(Exports);
    const id = await prepared();
    await expect(exports.fetch(aKey(tenantId, 'owner'), id)).rejects.toMatchObject({ kind: 'not_found' });
    expect(existsSync(join((await exports.fetch(owner, id)).root, `${id}.zip`))).toBe(true);
    const queued = await exports.request(owner);
    await expect(exports.request(owner)).rejects.toThrow('being prepared already');
    await opened.module.get(ExportJob).export({ tenantId, id }, SIGNAL);
    expect((await row(id)).state).toBe('ready');
    opened.clock.set('2027-06-16T12:00:01Z');
    await expect(exports.fetch(owner, id)).rejects.toThrow('kept for one day');
    await opened.module.get(ExportJob).export({ tenantId, id }, SIGNAL);
    expect([(await row(id)).state, existsSync(file(id))]).toEqual(['expired', false]);
    await opened.module.get(ExportJob).export({ tenantId, id: queued }, SIGNAL);
    expect((await exports.list(tenantId))[0]).toMatchObject({ id: queued, state: 'ready' });
  });

  it.each(['queued', 'running'] as const)('that is %s and gave no sign of life for ten minutes makes way for a new one', async (state) => {
    const exports = opened.module.get(Exports);
    opened.clock.set('2027-06-20T12:00:00Z');
    const id = await exports.request(owner);
    await tx.run(tenantId, () =>
      opened.module.get(DataExportRepository).change(id, { state, heartbeatAt: state === 'running' ? opened.clock.now() : null }),
    );
    const part = file(id).replace('.zip', '.part');
    writeFileSync(part, 'half of everything');
    opened.clock.set('2027-06-20T12:10:00Z');
    await expect(exports.request(owner)).rejects.toThrow('being prepared already');
    opened.clock.set('2027-06-20T12:10:01Z');
    const second = await exports.request(owner);
    expect(await row(id)).toMatchObject({ state: 'failed', problem: expect.stringContaining('Prepare a new one') as string });
    expect(existsSync(part)).toBe(false);
    // The job of the first was not lost after all: it comes too late.
    for (const one of [id, second]) await opened.module.get(ExportJob).export({ tenantId, id: one }, SIGNAL);
    expect([(await row(id)).state, (await row(second)).state]).toEqual(['failed', 'ready']);
  });

  it('whose day is not over by our clock, but by the database’s, is looked at again', async () => {
    const id = await prepared();
    const jobs = () =>
      tx.run(tenantId, () =>
        tx.query<{ at: Date }>(
          `select start_after as at from pgboss.job where name = 'lifecycle.export' and data ->> 'id' = $1 order by 1`,
          [id],
        ),
      );
    const { expiresAt } = await row(id);
    await opened.module.get(ExportJob).export({ tenantId, id }, SIGNAL);
    expect((await jobs()).slice(-2).map(({ at }) => at.getTime() - (expiresAt?.getTime() ?? 0))).toEqual([0, 60_000]);
  });

  it('that breaks off leaves no file and is written anew', async () => {
    const id = await opened.module.get(Exports).request(owner);
    const folder = join(opened.dataDir, 'exports', tenantId);
    mkdirSync(join(folder, `${id}.zip`));
    await expect(opened.module.get(ExportJob).export({ tenantId, id }, SIGNAL)).rejects.toThrow();
    expect(await row(id)).toMatchObject({ state: 'running', problem: expect.stringContaining('tried again') as string });
    const aborted = new AbortController();
    aborted.abort(new Error('The process is stopping'));
    await expect(opened.module.get(ExportJob).export({ tenantId, id }, aborted.signal)).rejects.toThrow('aborted');
    await opened.module.get(ExportJob).export({ tenantId, id }, SIGNAL);
    expect((await row(id)).state).toBe('ready');
    writeFileSync(file(id), '');
  });

  it('tells of a document whose bytes were changed behind our back', async () => {
    await withClient(database.ownerUrl, (client) => client.query(`update document_bytes set bytes = 'x' where tenant_id = $1`, [tenantId]));
    const id = await opened.module.get(Exports).request(owner);
    await expect(opened.module.get(ExportJob).export({ tenantId, id }, SIGNAL)).rejects.toThrow('not what its name says');
  });
});
