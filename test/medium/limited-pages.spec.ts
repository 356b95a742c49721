/** Goal: no page, file, list or export tells somebody limited of another's invoice or of a cost, by session or key; an amount above the limit stays unapproved. Real HTTP and Postgres. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Limits } from '../../src/domain/access.js';
import { Decimal } from '../../src/domain/money.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { InvoiceEntity } from '../../src/billing/invoices/invoice.entity.js';
import type { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { openLimitedPages, type Ask, type LimitedPages } from '../support/limited-pages.js';
import { pdfText } from '../support/pdf-text.js';
import { servedRoutes } from '../support/served-routes.js';

const UNKNOWN = '01a1fc0f-e8c5-75f4-a7e1-1c826ee03a45';
/** The planted cost, as pages and files write it. */
const CANARY = /98[,. ]?765[.,]43/;

let limited: LimitedPages;
let app: NestExpressApplication;
let tenantId: string;
let tx: TenantTransaction;
let invoices: InvoiceEntity[];
let own: InvoiceEntity;
let other: InvoiceEntity;
let clean: InvoiceEntity;
let aSession: LimitedPages['aSession'];
let aKey: LimitedPages['aKey'];

beforeAll(async () => {
  limited = await openLimitedPages();
  ({ app, tenantId, tx, invoices, own, other, clean, aSession, aKey } = limited);
});
afterAll(() => limited.close());

const LIMITS: [string, () => Partial<Limits>, (row: InvoiceEntity) => boolean][] = [
  ['customer', () => ({ customers: [own.customerId] }), (row) => row.customerId === own.customerId],
  ['location', () => ({ locations: [limited.place] }), (row) => row.locationExternalId === own.locationExternalId],
];

describe.each(LIMITS)('limited to one %s', (_what, limits, isOwn) => {
  const callers: [string, () => Promise<Ask>][] = [
    ['session of an admin', () => aSession('admin', { ...limits(), adjusted: { 'cost.read': false } })],
    ['key of an owner', () => aKey('owner', limits())],
  ];
  it.each(callers)('a %s reads of nothing else and of no cost, in any answer', async (_who, caller) => {
    const ask = await caller();
    const foreign = invoices.filter((row) => !isOwn(row));
    const hiddenIds = new RegExp(foreign.map(({ id, number }) => `${id}|"${number}"|>${number}<`).join('|'));
    const reading = servedRoutes(app).filter(
      ({ method, pattern }) => method === 'GET' && !/assets|openapi|sign-in|auth|metrics|health|events$/.test(pattern),
    );
    expect(reading.length).toBeGreaterThan(25);
    let seen = 0;
    for (const { pattern, path } of reading) {
      const addressed = pattern.includes('invoices/:id') ? path.replace(/[0-9a-f-]{36}/, own.id) : path;
      const { status, text } = await ask('GET', addressed);
      expect(status, addressed).toBeLessThan(500);
      expect(text, addressed).not.toMatch(hiddenIds);
      expect(text, addressed).not.toMatch(CANARY);
      if (text.includes(own.number)) seen += 1;
    }
    expect(seen).toBeGreaterThan(1);
  });

  it.each(callers)('a %s gets from every address of a hidden invoice what an unknown one gets', async (_who, caller) => {
    const ask = await caller();
    const about = servedRoutes(app).filter(({ pattern }) => pattern.includes('invoices/:id'));
    expect(about.length).toBeGreaterThan(10);
    for (const { method, path } of about) {
      const form =
        method === 'POST' ? new URLSearchParams({ documentHash: 'a'.repeat(64), hash: 'a'.repeat(64), reason: 'no' }) : undefined;
      const answers = [];
      for (const id of [other.id, UNKNOWN]) answers.push(await ask(method, path.replace(/[0-9a-f-]{36}/, id), form));
      expect(answers[0]?.status, `${method} ${path}`).toBe(answers[1]?.status);
      expect(answers[0]?.text).not.toContain(other.customerName);
    }
  });

  it('approves nothing else in bulk, and exports no event about it', async () => {
    // That this one can be approved in bulk is shown below, by somebody without a limit.
    expect(isOwn(clean)).toBe(false);
    const first = await aSession('admin', limits());
    await first('POST', '/invoices/bulk-approval', new URLSearchParams({ approve: consentTo(clean) }));
    expect((await now(clean)).state).toBe('in_review');
    const event = { action: 'invoice.counted', subject: { kind: 'invoice', id: other.id } };
    await tx.run(tenantId, () => app.get(AuditLog).record({ kind: 'operator', id: 'test', label: 'Test' }, event));
    const [ask, everything] = [await aKey('owner', limits()), await aKey('owner', {}, true)];
    for (const format of ['csv', 'json']) {
      const [{ status, text }, whole] = [
        await ask('GET', `/api/v1/audit-events/export.${format}`),
        await everything('GET', `/api/v1/audit-events/export.${format}`),
      ];
      expect([status, whole.status]).toEqual([200, 200]);
      expect(text).not.toContain(other.id);
      expect(whole.text).toContain(other.id);
    }
  });
});

/** As a list ticks it while there is no document. */
const consentTo = ({ id, total, currency }: InvoiceEntity) => `${id}:=${new Decimal(total).toFixed(2)} ${currency}`;

const now = (row: InvoiceEntity) => tx.run(tenantId, () => tx.rows(InvoiceEntity).findOneByOrFail({ tenantId, id: row.id }));

it('plants a cost that is seen by whoever may see costs', async () => {
  expect((await (await aKey('owner', {}, true))('GET', `/api/v1/invoices/${own.id}`)).text).toMatch(CANARY);
});

describe('the scope of a caller', () => {
  it('lets a limited person make the document by looking at it first, without a cost in it', async () => {
    const ask = await aKey('member', { customers: [own.customerId] });
    const { status, bytes } = await ask('GET', `/api/v1/invoices/${own.id}/document.pdf`);
    expect([status, bytes.subarray(0, 5).toString()]).toEqual([200, '%PDF-']);
    expect(await pdfText(bytes)).not.toMatch(CANARY);
    expect((await (await aKey('member', { customers: [other.customerId] }))('GET', `/api/v1/invoices/${own.id}/document.pdf`)).status).toBe(
      404,
    );
  });

  it('holds between many requests at once, through refusals and uploads', async () => {
    const [mine, theirs] = [await aKey('owner', { customers: [own.customerId] }), await aKey('owner', { customers: [other.customerId] })];
    const all = await aKey('owner', {});
    const upload = () => {
      const form = new FormData();
      form.set('sellerName', 'Here');
      form.set('accent', '#0f6b5c');
      form.set('logo', new Blob(['no picture']), 'logo.gif');
      return form;
    };
    const ids = (text: string) => (JSON.parse(text) as { items: { id: string }[] }).items.map(({ id }) => id);
    const wave = Array.from({ length: 8 }, async () => {
      const [a, b, c, refused, gone] = await Promise.all([
        mine('GET', '/api/v1/invoices?limit=100'),
        theirs('GET', '/api/v1/invoices?limit=100'),
        all('GET', '/api/v1/invoices?limit=100'),
        mine('POST', '/settings/brand', upload()),
        theirs('GET', `/api/v1/invoices/${own.id}`),
      ]);
      expect(new Set(ids(a.text))).toEqual(new Set(invoices.filter((row) => row.customerId === own.customerId).map(({ id }) => id)));
      expect(new Set(ids(b.text))).toEqual(new Set(invoices.filter((row) => row.customerId === other.customerId).map(({ id }) => id)));
      expect(ids(c.text)).toHaveLength(invoices.length);
      expect([refused.status, gone.status]).toEqual([422, 404]);
    });
    await Promise.all(wave);
  });
});

describe('an approval above the limit', () => {
  const limits = { approveUpTo: { USD: '1.00' } };
  it.each<[string, () => Promise<Ask>]>([
    ['session', () => aSession('admin', limits)],
    ['key', () => aKey('admin', limits)],
  ])('is refused in words to a %s, one by one and in bulk', async (_who, caller) => {
    const ask = await caller();
    const document = await (await aKey('owner', {}))('GET', `/api/v1/invoices/${own.id}`);
    const hash = /"(?:sha256|documentHash|hash)":"([0-9a-f]{64})"/.exec(document.text)?.[1] ?? '';
    const single = await ask('POST', `/invoices/${own.id}/approval`, new URLSearchParams({ documentHash: hash, hash }));
    expect(single.text).toMatch(/You may (not approve invoices in|approve up to)/);
    expect((await now(own)).state).toBe('in_review');
    const bulk = new URLSearchParams({ approve: consentTo(clean) });
    expect((await ask('POST', '/invoices/bulk-approval', bulk, { 'hx-request': 'true' })).text).toContain('above what you may approve');
    expect((await now(clean)).state).toBe('in_review');
  });

  it('would have gone through without one', async () => {
    const bulk = new URLSearchParams({ approve: consentTo(clean) });
    await (
      await aKey('admin', {})
    )('POST', '/invoices/bulk-approval', bulk, { 'hx-request': 'true' });
    expect((await now(clean)).state).toBe('approved');
  });
});
