/** Goal: a company that keeps no invoice content has none of it in any table, and still sees every invoice. Real HTTP, Postgres, Chromium and PSA. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiModule } from '../../src/api/api.module.js';
import { PostingModule } from '../../src/billing/posting/posting.module.js';
import { SettlementModule } from '../../src/billing/settlement/settlement.module.js';
import { PostingCommands } from '../../src/billing/posting/posting-commands.js';
import type { InvoiceContent } from '../../src/domain/invoice.js';
import { Exports } from '../../src/lifecycle/export/exports.js';
import { ExportJob } from '../../src/lifecycle/export/export.job.js';
import { Holds } from '../../src/lifecycle/holds.js';
import { RetainJob } from '../../src/lifecycle/retain.job.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { QuarantinedRecords } from '../../src/billing/invoices/quarantined-records.js';
import { Leases } from '../../src/database/leases.js';
import { RetentionRunEntity } from '../../src/lifecycle/retention.entity.js';
import { connectTenant, ForwardClock, startVendors, type Billing } from '../support/billing.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { everyRow } from '../support/every-row.js';
import { aVisitor, startPages, type PageVisitor } from '../support/pages.js';
import { pdfText } from '../support/pdf-text.js';

const CONTENT = '/settings/data/content';
const SIGNAL = new AbortController().signal;
const WHY = 'keeps no invoice content';

let database: TestDatabase;
let vendors: Awaited<ReturnType<typeof startVendors>>;
let app: NestExpressApplication;
let billing: Billing;
let owner: PageVisitor;
/** What invoices said before they were forgotten: sentences, streets and notes long enough to be nobody else's. */
let said: string[];
let posted: string;
let open: string;

beforeAll(async () => {
  database = await createTestDatabase();
  vendors = await startVendors();
  const pages = await startPages(database, vendors.environment, [ApiModule, PostingModule, SettlementModule]);
  app = pages.app;
  billing = await connectTenant(app, database, vendors.sandboxes, new ForwardClock(vendors.sandboxes), 'Lumen IT');
  owner = await aVisitor(app, pages.url, billing.tenantId, 'owner');
  await billing.pull();
  [posted = '', open = ''] = await billing.reviewable('quickbooks', 2);
  await billing.control('connectwise', `/invoices/${open}`, { topComment: 'A comment that nobody is to keep' }, 'PATCH');
  await billing.pull();
  said = await whatIsSaid();
}, 300_000);

afterAll(async () => {
  await app.close();
  await vendors.stop();
  await database.drop();
});

async function whatIsSaid(): Promise<string[]> {
  // Names in the PSA's own lists, of work types and the like, are no invoice's.
  const lists = (await everyRow(database.ownerUrl)).filter(({ table }) => table === 'public.vendor_cache');
  const rows = await billing.query<{ content: InvoiceContent }>('select content from invoice_revision where tenant_id = $1');
  const words = rows.flatMap(({ content: { lines, customer, topComment } }) => [
    ...lines.flatMap((line) => [line.description, line.notes, line.workOrder?.summary, ...(line.notes ?? '').split('\n')]),
    ...customer.address.lines,
    topComment,
  ]);
  const long = words.filter((word): word is string => word !== undefined && word.length > 12);
  const own = [...new Set(long)].filter((word) => !lists.some(({ text }) => text.includes(word)));
  // Every so many, and the last: all of them against every row would take minutes.
  return own.filter((_word, index) => index % Math.ceil(own.length / 300) === 0 || index === own.length - 1);
}

/** Which of it stands in which table. */
async function found(): Promise<string[]> {
  const rows = await everyRow(database.ownerUrl);
  const hits = rows.flatMap(({ table, text }) =>
    said.filter((word) => text.includes(JSON.stringify(word).slice(1, -1))).map((word) => `${table}: ${word}`),
  );
  return [...new Set(hits)];
}

async function cleanUp(): Promise<RetentionRunEntity> {
  const { tenantId } = billing;
  const [run] = await billing.query<{ id: string }>(`select id from retention_run where tenant_id = $1 and state in ('queued', 'running')`);
  await app.get(RetainJob).retain({ tenantId, id: run?.id ?? '' }, SIGNAL);
  return await billing.tx.run(tenantId, () => billing.tx.rows(RetentionRunEntity).findOneByOrFail({ tenantId, id: run?.id ?? '' }));
}

const pathOf = async (number: string) => `/invoices/${(await billing.invoice(number)).id}`;

/** The page, when its document is there. */
async function opened(number: string): Promise<string> {
  const path = await pathOf(number);
  await expect.poll(async () => (await owner('GET', path)).text, { timeout: 100_000, interval: 200 }).toContain('data-pdf=');
  return (await owner('GET', path)).text;
}

const apiOf = async (number: string) => JSON.parse((await owner('GET', `/api/v1${await pathOf(number)}`)).text) as Record<string, unknown>;

describe('choosing to keep none', () => {
  it('counts first, and says what stands in the way', async () => {
    expect((await found()).length).toBeGreaterThan(100);
    await billing.approve(posted);
    const preview = await owner('GET', CONTENT);
    expect(preview.status).toBe(200);
    expect(preview.text).toMatch(
      /Revisions of invoices[\s\S]*PDF files[\s\S]*Flags[\s\S]*Customers with address and contact[\s\S]*Raw payloads/,
    );
    expect(preview.text).toContain('One invoice is approved or on the way to a ledger');
    expect(preview.text).not.toContain('Forget it, and keep none');
    expect(await owner('POST', CONTENT, { keep: 'no' })).toMatchObject({ status: 409 });
    await post();
    const holds = app.get(Holds);
    const hold = await holds.set(billing.owner, { scope: 'invoice', subject: open, reason: 'Dispute' });
    expect(await owner('POST', CONTENT, { keep: 'no' })).toMatchObject({ status: 409 });
    await holds.lift(billing.owner, hold);
    expect(await billing.query('select keeps_content() as keeps where $1::uuid is not null')).toEqual([{ keeps: true }]);
    expect((await owner('GET', CONTENT)).text).toContain('Forget it, and keep none');
  });

  it('is an owner’s alone', async () => {
    const admin = await aVisitor(app, await app.getUrl(), billing.tenantId, 'admin');
    expect((await admin('POST', CONTENT, { keep: 'no' })).status).toBe(403);
    expect((await admin('GET', '/settings/data')).text).not.toContain('See what would be forgotten');
  });

  it('leaves nothing of it in any table, nor a file with it', async () => {
    const exported = await app.get(Exports).request(billing.owner);
    await app.get(ExportJob).export({ tenantId: billing.tenantId, id: exported }, SIGNAL);
    const seat = await billing.reviewable('xero', 1);
    await billing.render(seat[0] ?? '');
    expect(await owner('POST', CONTENT, { keep: 'no' })).toMatchObject({ status: 303 });
    // A hold that comes before the clean-up does keeps everything, and the clean-up says so.
    const hold = await app.get(Holds).set(billing.owner, { scope: 'invoice', subject: open, reason: 'Dispute' });
    expect((await cleanUp()).kept).toContainEqual(expect.stringContaining('not forgotten yet'));
    expect((await found()).length).toBeGreaterThan(100);
    await app.get(Holds).lift(billing.owner, hold);
    await owner('POST', '/settings/data/clean-up');
    await app.get(ExportJob).export({ tenantId: billing.tenantId, id: exported }, SIGNAL);
    const run = await cleanUp();
    expect(run).toMatchObject({ state: 'succeeded', problem: null });
    expect(run.deleted).toBe(run.expected);
    expect(run.counts).toMatchObject({ document_bytes: 2, invoice_revision: 421, vendor_record: 420 });
    expect(await found()).toEqual([]);
    await expect(app.get(Exports).fetch({ ...billing.owner }, exported)).rejects.toMatchObject({ kind: 'conflict' });
    const states = await billing.query<{ state: string }>('select distinct state from invoice where tenant_id = $1 order by state');
    expect(states).toEqual([{ state: 'posted' }, { state: 'skipped' }]);
  });

  it('keeps who approved which document, and what the ledger has', async () => {
    const detail = await apiOf(posted);
    expect(detail).toMatchObject({ state: 'posted', approval: { by: { label: 'Owner key' } }, changedAfterPosting: false });
    expect((await billing.postings(posted, 'document'))[0]).toMatchObject({ state: 'posted' });
  });
});

describe('without content', () => {
  it('an invoice is shown with what the PSA says now, with its PDF, and says why nothing can be decided', async () => {
    const page = await opened(open);
    expect(page).toContain(WHY);
    expect(page).not.toMatch(/data-reject|approve-form|none open|found nothing|no flags/);
    expect(page).toContain('Not checked, because no invoice content is kept here.');
    expect((await owner('GET', `${await pathOf(open)}?view=lines`)).text).toContain('class="line-row"');
    const [, href = ''] = /data-pdf="([^"]+)"/.exec(page) ?? [];
    const pdf = await owner('GET', href.replaceAll('&#x3D;', '='));
    expect(pdf.status).toBe(200);
    expect(await pdfText(pdf.bytes)).toContain('A comment that nobody is to keep');
    expect((await owner('GET', '/invoices')).text).toContain('Invoices are read-only here');
    const detail = await apiOf(open);
    expect(detail).toMatchObject({ unkept: { problem: null }, documentHash: null });
    expect((detail['lines'] as unknown[]).length).toBeGreaterThan(0);
    expect(await pdfText((await owner('GET', `/api/v1${await pathOf(open)}/document.pdf`)).bytes)).toContain(open);
    expect(await found()).toEqual([]);
  });

  it('another hash than that of the document is nobody’s', async () => {
    expect((await owner('GET', `${await pathOf(open)}/document.pdf?hash=${'0'.repeat(64)}`)).status).toBe(404);
  });

  it.each([
    ['an approval', (path: string) => owner('POST', `${path}/approval`, { documentHash: '0'.repeat(64) })],
    ['a rejection', (path: string) => owner('POST', `${path}/rejection`, { reason: 'No' })],
    ['a reopening', (path: string) => owner('DELETE', `${path}/rejection`)],
  ])('%s is refused, and says why', async (_what, ask) => {
    const answer = await ask(await pathOf(open));
    expect(answer.status).toBe(409);
    expect(answer.text).toContain(WHY);
  });

  it('the database takes nothing of it, whoever writes', async () => {
    const { id, revisionId } = await billing.invoice(open);
    const hash = 'ab'.repeat(32);
    for (const [sql, values] of [
      ['insert into document_bytes (tenant_id, sha256, bytes) values ($1, $2, $3)', [hash, Buffer.from('%PDF')]],
      [
        `insert into flag (tenant_id, id, invoice_id, rule, severity, title, message, target, reveals_cost, created_at) values ($1, $2, $3, 'r', 'info', 't', 'm', 'x', false, now())`,
        [uuidv7(), id],
      ],
      [
        `insert into rejection (tenant_id, id, invoice_id, revision_id, rejected_by_kind, rejected_by_id, rejected_by_label, reason, at) values ($1, $2, $3, $4, 'person', 'p', 'P', 'r', now())`,
        [uuidv7(), id, revisionId],
      ],
      [
        `insert into vendor_record (tenant_id, connection_id, kind, external_id, payload, vendor_updated_at, fetched_at, expires_at) values ($1, $2, 'invoice', 'x1', '{"a": 1}', now(), now(), now())`,
        [billing.connections.connectwise],
      ],
    ] as const) {
      await expect(billing.query(sql, [...values])).rejects.toThrow(/keeps no invoice content/);
    }
    await billing.query(
      `update customer set data = data || '{"email": "somebody@client.example", "address": {"lines": ["1 Bay St"]}}' where tenant_id = $1`,
    );
    expect(
      await billing.query(`select count(*)::int as count from customer where tenant_id = $1 and data::text ~ 'somebody|Bay St'`),
    ).toEqual([{ count: 0 }]);
  });

  it('what changes at the PSA comes in by number, sums and state alone', async () => {
    const before = await billing.invoice(open);
    await billing.control(
      'connectwise',
      `/invoices/${open}`,
      { lines: { products: [{ description: 'Words that stay at the PSA', quantity: 1, price: 12.5 }] } },
      'PATCH',
    );
    said.push('Words that stay at the PSA');
    expect(await billing.pull()).toMatchObject({ state: 'succeeded', changed: 1, setAside: 0 });
    const after = await billing.invoice(open);
    expect([after.state, after.total === before.total]).toEqual(['skipped', false]);
    expect((await owner('GET', `${await pathOf(open)}?view=lines`)).text).toContain('Words that stay at the PSA');
    expect(await found()).toEqual([]);
    expect(await billing.query('select count(*)::int as count from vendor_record where tenant_id = $1')).toEqual([{ count: 0 }]);
  });

  it('what cannot be read is set aside by its number, and fetched anew when it is tried again', async () => {
    const broken = await anotherThan(open);
    const { total } = await billing.invoice(broken);
    await billing.control('connectwise', `/invoices/${broken}`, { topComment: 'touched once more', total: 99_999.99 }, 'PATCH');
    said.push('touched once more');
    expect(await billing.pull()).toMatchObject({ state: 'succeeded', setAside: 1 });
    expect(await billing.query('select number, payload from vendor_record where tenant_id = $1')).toEqual([
      { number: broken, payload: null },
    ]);
    expect((await owner('GET', await pathOf(broken))).text).toContain('in a form that cannot be shown');
    await billing.control('connectwise', `/invoices/${broken}`, { total: Number.parseFloat(total) }, 'PATCH');
    await app.get(QuarantinedRecords).readAgain(billing.owner, billing.connections.connectwise);
    await billing.pull();
    expect(await billing.query('select number from vendor_record where tenant_id = $1')).toEqual([]);
    expect(await found()).toEqual([]);
  });

  it('an invoice that the PSA cannot tell of now is shown with what is kept, and why', async () => {
    const path = await pathOf(await anotherThan(open));
    await billing.fault('connectwise', { match: { path: '/finance/invoices' }, mode: 'status', status: 503, count: 50 });
    const page = await owner('GET', path);
    expect(page.status).toBe(200);
    await billing.control('connectwise', '/faults', undefined, 'DELETE');
    expect(page.text).toMatch(/Only what is kept here can be shown/);
  });
});

it('is not changed by periods that are saved', async () => {
  const periods = { documentsYears: '3', rawDays: '14', logDays: '60', auditYears: 'ever' };
  expect(await owner('POST', '/settings/data', periods)).toMatchObject({ status: 303 });
  expect((await owner('GET', '/settings/data')).text).toContain('Keep it again');
});

describe('keeping it again', () => {
  it('waits for whoever is reading at that moment', async () => {
    const { tenantId, connections } = billing;
    await app.get(Leases).hold(tenantId, `pull:${connections.connectwise}`, 30_000, async () => {
      expect(await owner('POST', CONTENT, { keep: 'yes' })).toMatchObject({ status: 409 });
    });
    expect((await owner('GET', '/settings/data')).text).toContain('Keep it again');
  });

  it('reads everything anew, puts what is open before reviewers, and tells no change where there was none', async () => {
    expect(await owner('POST', CONTENT, { keep: 'yes' })).toMatchObject({ status: 303 });
    // A minute later, as far as the PSA's limit of calls goes, there and here.
    billing.clock.advance(61_000);
    await billing.query('delete from pace where tenant_id = $1');
    await billing.pull();
    const states = await billing.query<{ state: string; count: number }>(
      `select state, count(*)::int as count from invoice where tenant_id = $1 group by state order by state`,
    );
    expect(states.map(({ state }) => state)).toEqual(['in_review', 'posted', 'skipped']);
    expect(await billing.query(`select count(*)::int as count from invoice where tenant_id = $1 and changed_after_posting`)).toEqual([
      { count: 0 },
    ]);
    expect((await found()).length).toBeGreaterThan(100);
    expect((await apiOf(open))['unkept']).toBeNull();
    expect((await apiOf(posted))['unkept']).toBeNull();
    await billing.approve(open);
    expect((await billing.invoice(open)).state).toBe('approved');
  });
});

async function anotherThan(number: string): Promise<string> {
  const [other] = await billing.query<{ number: string }>(
    `select number from invoice where tenant_id = $1 and state = 'skipped' and number <> $2 order by id desc limit 1`,
    [number],
  );
  return other?.number ?? '';
}

async function post(): Promise<void> {
  const [planned] = await billing.postings(posted, 'document');
  await app.get(PostingCommands).postNow(billing.owner, planned?.id ?? '');
  for (let n = 0; n < 3; n += 1) await billing.send('quickbooks');
  expect((await billing.postings(posted, 'document'))[0]).toMatchObject({ state: 'posted' });
  await withClient(database.ownerUrl, (client) => client.query('update posting set not_before = now()'));
  for (const vendor of ['quickbooks', 'connectwise'] as const) await billing.send(vendor);
}
