/**
 * Attack: a client of the MSP, or whoever writes tickets and time notes, plants markup, template and formula tricks in every free
 * text of the PSA. Success would be an element of theirs in any page, a script that runs, words missing from the PDF because they
 * were taken for markup, a cell that a spreadsheet would calculate, or an invoice that is lost. The vendors are real servers.
 */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Documents } from '../../src/billing/documents/documents.js';
import { launchBrowser, type LaunchedBrowser } from '../../src/platform/browser/launch-browser.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { crawl } from '../support/attack/crawl.js';
import { signIn } from '../support/attack/full-tenant.js';
import { makeHostile, PLANTED_ELEMENT } from '../support/attack/hostile-vendor.js';
import { startWholeApp, type WholeApp } from '../support/attack/whole-app.js';
import { connectTenant, ForwardClock, startVendors, type Billing } from '../support/billing.js';
import { newWindow, visit } from '../support/browser-person.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { pdfText } from '../support/pdf-text.js';

const KINDS = [
  'addition',
  'adjustment',
  'agreement',
  'company',
  'component',
  'contact',
  'expense',
  'invoice',
  'member',
  'product',
  'site',
  'time',
];

let database: TestDatabase;
let vendors: Awaited<ReturnType<typeof startVendors>>;
let whole: WholeApp;
let billing: Billing;
let cookie: string;
let planted: number;

beforeAll(async () => {
  database = await createTestDatabase();
  vendors = await startVendors();
  planted = makeHostile(vendors.sandboxes.connectwise, KINDS);
  whole = await startWholeApp(database, vendors.environment);
  const clock = Object.assign(new ForwardClock(vendors.sandboxes), { now: () => whole.app.get(Clock).now() });
  billing = await connectTenant(whole.app, database, vendors.sandboxes, clock, 'Lumen IT');
  await billing.pull();
  cookie = await signIn(whole.app, billing.tenantId, 'owner');
});
afterAll(async () => {
  await whole.app.close();
  await vendors.stop();
  await database.drop();
});

const session = (): Record<string, string> => ({ cookie, 'sec-fetch-site': 'same-origin' });

describe('text planted in every field of the PSA', () => {
  it('arrives: nothing is lost or set aside because of it', async () => {
    expect(planted).toBeGreaterThan(3_000);
    const [counts] = await billing.query<{ read: number; hostile: number; problems: number }>(
      `select count(*)::int as read, count(*) filter (where r.content::text like '%${PLANTED_ELEMENT}%')::int as hostile,
              (select count(*)::int from vendor_record v where v.tenant_id = $1 and v.problem is not null) as problems
       from invoice i join invoice_revision r on r.tenant_id = i.tenant_id and r.id = i.revision_id where i.tenant_id = $1`,
    );
    expect(counts?.read).toBe(vendors.sandboxes.connectwise.store.all('invoice').length - (counts?.problems ?? 0));
    expect(counts?.hostile).toBe(counts?.read);
    expect(counts?.problems).toBeLessThan(5);
  });

  it('is text in every page that links lead to, and never an element', async () => {
    const { pages } = await crawl(whole.url, session());
    expect(pages.length).toBeGreaterThan(20);
    const successes: string[] = [];
    let shown = 0;
    for (const page of pages) {
      const html = await (await fetch(whole.url + page, { headers: session() })).text();
      if (html.includes(`&lt;${PLANTED_ELEMENT}`)) shown += 1;
      if (html.includes(`<${PLANTED_ELEMENT}`)) successes.push(page);
    }
    expect(successes).toEqual([]);
    expect(shown).toBeGreaterThan(5);
  });

  it('stays text in the document that is printed', async () => {
    const number = (await billing.reviewable('xero', 1))[0] ?? '';
    const { id } = await billing.invoice(number);
    const { sha256 } = await whole.app.get(Documents, { strict: false }).present(billing.tenantId, id);
    const answer = await fetch(`${whole.url}/invoices/${id}/document.pdf?hash=${sha256}`, { headers: session() });
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    const words = (await pdfText(Buffer.from(await answer.arrayBuffer()))).replaceAll(' ', '');
    expect(words).toContain(`<${PLANTED_ELEMENT}`);
    expect(words).toContain('{{constructor}}');
  });
});

describe('a real browser', () => {
  let launched: LaunchedBrowser;
  beforeAll(async () => {
    launched = await launchBrowser({ network: 'loopback' });
  });
  afterAll(async () => await launched.close());

  it('runs none of it, whatever the page’s own scripts build from it', async () => {
    const { page } = await newWindow(launched.browser);
    const [name = '', value = ''] = cookie.split('=');
    await launched.browser.setCookie({ name, value, domain: 'localhost', path: '/', httpOnly: true });
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    const number = (await billing.reviewable('xero', 1))[0] ?? '';
    const { id } = await billing.invoice(number);
    for (const path of ['/', `/invoices/${id}`, `/invoices/${id}?view=lines`, '/connections', '/settings/members']) {
      await visit(page, whole.url + path);
      expect(await page.$$eval(PLANTED_ELEMENT, (found) => found.length), path).toBe(0);
      const text = await page.evaluate(() => document.body.textContent);
      if (path === `/invoices/${id}`) expect(text).toContain(`<${PLANTED_ELEMENT}`);
    }
    expect(dialogs).toBe(0);
  });
});
