/** Goal: an owner can see, change, hold, take along and erase data on the pages; nobody else can. Real HTTP and Postgres. */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EraseTenantJob } from '../../src/lifecycle/erasure/erase-tenant.job.js';
import { ExportJob } from '../../src/lifecycle/export/export.job.js';
import { RetainJob } from '../../src/lifecycle/retain.job.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { DataExportEntity } from '../../src/lifecycle/export/data-export.entity.js';
import { ErasureCertificateEntity, TenantErasureEntity } from '../../src/lifecycle/erasure/erasure.entity.js';
import { LegalHoldEntity } from '../../src/lifecycle/retention.entity.js';
import { RetentionRunEntity } from '../../src/lifecycle/retention.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aVisitor, startPages, type PageVisitor } from '../support/pages.js';
import { pastTheTriggers } from '../support/without-triggers.js';
import { readZip } from '../support/read-zip.js';
import { aSeedInvoice, seedConnections, seedInvoices } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

const HERE = '/settings/data';
const PERIODS = { documentsYears: '3', rawDays: '14', logDays: '60', auditYears: 'ever' };
const dryRun = (periods: Record<string, string>) => `${HERE}/dry-run?${String(new URLSearchParams(periods))}`;
const SIGNAL = new AbortController().signal;
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-data-pages-'));

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tx: TenantTransaction;
let tenantId: string;
let owner: PageVisitor;
let admin: PageVisitor;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startPages(database, {
    DATA_DIR: dataDir,
    DATA_REGION: 'Frankfurt, Germany',
    SMTP_URL: 'smtp://user:hunter2@mail.example',
    MAIL_FROM: 'a@b.example',
  }));
  tx = app.get(TenantTransaction);
});
afterAll(async () => {
  await app.close();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  tenantId = await createTenant(database.ownerUrl, 'Northlight');
  owner = await aVisitor(app, url, tenantId, 'owner');
  admin = await aVisitor(app, url, tenantId, 'admin');
});

const only = async <T extends object>(row: new () => T): Promise<T> =>
  await tx.run(tenantId, () => tx.rows(row).findOneByOrFail({ tenantId } as never));

async function anOldInvoice(): Promise<void> {
  await seedInvoices(app, await seedConnections(app, tenantId), [aSeedInvoice(0, { content: { date: '2022-01-31' } })]);
  await pastTheTriggers(database.ownerUrl, (owner) => owner.query(`update invoice set state = 'settled' where tenant_id = $1`, [tenantId]));
}

it('is looked at by an admin and changed by an owner only', async () => {
  const id = uuidv7();
  const [mine, theirs] = [await owner('GET', HERE), await admin('GET', HERE)];
  expect([mine.status, theirs.status]).toEqual([200, 200]);
  expect(theirs.text).toContain('An owner can change it');
  expect(theirs.text).not.toMatch(/<button class="button (primary|danger)|Set hold|Prepare an export/);
  const writes = ['', '/content', '/clean-up', '/holds', '/exports', '/people', '/names', '/erasure'];
  for (const path of writes) expect([path, (await admin('POST', HERE + path, PERIODS)).status]).toEqual([path, 403]);
  for (const path of [`/holds/${id}`, '/erasure']) expect([path, (await admin('DELETE', HERE + path)).status]).toEqual([path, 403]);
  for (const path of [`/dry-run?${String(new URLSearchParams(PERIODS))}`, '/content'])
    expect([path, (await admin('GET', HERE + path)).status]).toEqual([path, 403]);
  for (const path of [`/exports/${id}`, `/exports/${id}/progress`, `/certificates/${id}`, `/certificates/${id}/json`])
    expect([path, (await admin('GET', HERE + path)).status, (await owner('GET', HERE + path)).status]).toEqual([path, 403, 404]);
});

describe('the periods', () => {
  it('are counted before they are saved, then saved, then cleaned up by', async () => {
    await anOldInvoice();
    const dry = await owner('GET', dryRun(PERIODS));
    expect(dry.text).toContain('Would be deleted with these periods');
    expect(dry.text).toMatch(/<td class="full">Invoices<\/td>\s*<td class="figure" data-label="Rows">1</);
    expect(dry.text).toContain('<time datetime="2022-01-31"');
    expect(dry.text).toContain('name="documentsYears" value="3"');
    expect((await owner('POST', HERE, PERIODS)).location).toBe(`${HERE}?saved=yes`);
    expect((await owner('GET', dryRun(PERIODS))).text).toContain('Would be deleted now');
    expect((await owner('POST', `${HERE}/clean-up`)).location).toBe(HERE);
    const run = await only(RetentionRunEntity);
    expect((await owner('GET', HERE)).text).toContain('Waiting to start the clean-up');
    expect((await owner('GET', `${HERE}/runs/${run.id}/progress`)).text).toContain('progress-line');
    await app.get(RetainJob).retain({ tenantId, id: run.id }, SIGNAL);
    expect((await owner('GET', `${HERE}/runs/${run.id}/progress`)).location).toBe(HERE);
    expect((await owner('GET', HERE)).text).toContain('Invoices: 1');
    expect((await owner('GET', `${HERE}/runs/${uuidv7()}/progress`)).status).toBe(404);
  });

  it.each([
    ['before they are counted', () => owner('GET', dryRun({ ...PERIODS, rawDays: '400' })), 'Choose 1 to 365 days.'],
    ['when they are saved', () => owner('POST', HERE, { ...PERIODS, logDays: '1' }), 'Choose 30 to 365 days.'],
  ])('that cannot be are marked %s', async (_when, ask, sentence) => {
    const answer = await ask();
    expect([answer.status, answer.text.includes(`<span class="problem">${sentence}</span>`)]).toEqual([422, true]);
  });

  it('of another kind are no input', async () => {
    expect((await owner('POST', HERE, { ...PERIODS, documentsYears: '2' })).status).toBe(422);
  });
});

it('a hold is set with a reason, listed, and lifted', async () => {
  const refused = await owner('POST', `${HERE}/holds`, { scope: 'invoice', subject: '77', reason: 'Dispute' });
  expect([refused.status, refused.text.includes('There is no invoice with this number')]).toEqual([422, true]);
  expect(refused.text).toContain('value="Dispute"');
  await owner('POST', `${HERE}/holds`, { scope: 'tenant', subject: '', reason: 'Dispute <17>' });
  expect((await owner('GET', HERE)).text).toContain('Dispute &lt;17&gt;');
  const { id } = await only(LegalHoldEntity);
  expect((await owner('DELETE', `${HERE}/holds/${id}`)).headers.get('hx-refresh')).toBe('true');
  expect((await owner('GET', HERE)).text).toContain('Lifted');
});

it('an export is fetched by whoever asked for it, and by nobody else', async () => {
  expect((await owner('POST', `${HERE}/exports`)).location).toBe(HERE);
  const refused = await owner('POST', `${HERE}/exports`);
  expect([refused.status, refused.text.includes('being prepared already')]).toEqual([409, true]);
  const { id } = await only(DataExportEntity);
  expect((await owner('GET', `${HERE}/exports/${id}/progress`)).text).toContain('Waiting to start the export');
  await app.get(ExportJob).export({ tenantId, id }, SIGNAL);
  expect((await owner('GET', `${HERE}/exports/${id}/progress`)).location).toBe(HERE);
  expect((await owner('GET', HERE)).text).toContain(`href="${HERE}/exports/${id}"`);
  const file = await owner('GET', `${HERE}/exports/${id}`);
  expect([file.status, file.headers.get('content-disposition')]).toEqual([200, `attachment; filename="countersign-export-${id}.zip"`]);
  expect(readZip(file.bytes).has('data/tenant_settings.jsonl')).toBe(true);
  const another = await aVisitor(app, url, tenantId, 'owner');
  expect((await another('GET', `${HERE}/exports/${id}`)).status).toBe(404);
  expect((await another('GET', HERE)).text).not.toContain(`href="${HERE}/exports/${id}"`);
  rmSync(join(dataDir, 'exports', tenantId), { recursive: true });
  expect((await owner('GET', `${HERE}/exports/${id}`)).status).toBeGreaterThanOrEqual(400);
});

it('a person is erased with a certificate that can be printed and checked', async () => {
  const personId = uuidv7();
  await withClient(database.ownerUrl, async (client) => {
    await client.query("insert into person (id, name, created_at) values ($1, 'Jo Díaz', now())", [personId]);
    await client.query(
      `insert into membership (tenant_id, person_id, email, name, role, joined_at) values ($1, $2, 'jo@x.example', 'Jo Díaz', 'member', now())`,
      [tenantId, personId],
    );
  });
  expect((await owner('GET', HERE)).text).toContain('Jo Díaz (jo@x.example)');
  const erased = await owner('POST', `${HERE}/people`, { personId });
  const { id } = await only(ErasureCertificateEntity);
  expect(erased.location).toBe(`${HERE}/certificates/${id}`);
  const page = await owner('GET', erased.location);
  expect(page.text).toContain('Signature is genuine');
  expect(page.text).not.toContain('Jo Díaz');
  expect(JSON.parse((await owner('GET', `${erased.location}/json`)).text)).toMatchObject({
    body: { kind: 'person', rows: { membership: 1 } },
  });
  expect((await owner('POST', `${HERE}/people`, { personId })).status).toBe(404);
  const named = await owner('POST', `${HERE}/names`, { kind: 'contact', name: 'Al', email: '' });
  expect([named.status, named.text.includes('3 to 200 characters')]).toEqual([422, true]);
});

it('the company is erased after its days; everybody sees it coming, and the certificate stays', async () => {
  expect((await owner('POST', `${HERE}/erasure`, { name: 'nothing' })).status).toBe(422);
  await owner('POST', `${HERE}/erasure`, { name: 'Northlight' });
  const seen = await admin('GET', '/settings/general');
  expect(seen.text).toContain('Northlight will be erased');
  expect(seen.text).not.toContain('Keep Northlight');
  expect((await admin('DELETE', '/posting-stop')).status).toBe(409);
  expect((await owner('GET', HERE)).text).toContain('/certificates/');
  await owner('DELETE', `${HERE}/erasure`);
  expect((await admin('GET', '/settings/general')).text).not.toContain('will be erased');
  await owner('POST', `${HERE}/erasure`, { name: 'Northlight' });
  const rows = await tx.run(tenantId, () => tx.rows(TenantErasureEntity).findBy({ tenantId, state: 'waiting' }));
  await tx.run(tenantId, () => tx.rows(TenantErasureEntity).update({ tenantId, state: 'waiting' }, { notBefore: new Date('2020-01-01') }));
  await app.get(EraseTenantJob).erase({ tenantId, id: rows[0]?.id ?? '' }, SIGNAL);
  expect((await owner('GET', HERE)).status).toBe(401);
  const address = `${url}/certificates/${rows[0]?.certificateId}`;
  const page = await (await fetch(address)).text();
  expect(page).toContain('Signature is genuine');
  expect(page).toContain('Northlight');
  expect(await (await fetch(`${address}/json`)).json()).toMatchObject({ body: { kind: 'tenant' } });
  expect((await fetch(`${url}/certificates/${uuidv7()}`)).status).toBe(404);
});

it('where data goes is said from the configuration, without its secrets', async () => {
  await seedConnections(app, tenantId);
  const { text } = await admin('GET', `${HERE}/flows`);
  expect(text).toContain('Region: Frankfurt, Germany.');
  expect(text).toContain('mail.example');
  expect(text).not.toMatch(/hunter2|countersign_app/);
  expect(text).toMatch(/ConnectWise[^]*Northlight IT/);
  expect(text).toContain('Approved invoices with their customers, lines and PDFs are written there');
});
