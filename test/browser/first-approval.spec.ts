import type { HTTPRequest, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { launchBrowser, type LaunchedBrowser } from '../../src/platform/browser/launch-browser.js';
import { newWindow, signIn, visit } from '../support/browser-person.js';
import { startApp, untilRead, type RunningApp } from '../support/running-app.js';

/* A newcomer's first ten minutes, by hand, on everything that `npm start` starts. */
let app: RunningApp;
let launched: LaunchedBrowser;
let page: Page;
let trouble: string[];

beforeAll(async () => {
  app = await startApp();
  launched = await launchBrowser({ network: 'loopback' });
  ({ page, trouble } = await newWindow(launched.browser));
});
afterAll(async () => {
  await launched.close();
  await app.stop();
});

const openId = () => page.$eval('#invoice', (pane) => pane.getAttribute('data-id') ?? '');
const openNumber = () => page.$eval('.invoice-title .mono', (number) => number.textContent);
const otherThan = (id: string) =>
  page.waitForFunction((before) => !['', before].includes(document.querySelector('#invoice')?.getAttribute('data-id') ?? ''), {}, id);
const isDrawn = () => page.waitForSelector('#invoice .pdf-page canvas');
const says = (text: string) => page.waitForFunction((wanted) => document.querySelector('#toasts')?.textContent.includes(wanted), {}, text);

async function clickButton(scope: string, text: string): Promise<void> {
  const buttons = await page.$$(`${scope} button`);
  for (const button of buttons) {
    if ((await button.evaluate((one) => one.textContent)).includes(text)) return await button.click();
  }
  throw new Error(`No button "${text}" in ${scope}`);
}

describe('the first approval', () => {
  it('begins with a checklist of what is really done', async () => {
    await signIn(page, app.url);
    await untilRead(app);
    await visit(page, `${app.url}/invoices`);
    const steps = await page.$$eval('.checklist li', (items) => items.map((item) => item.dataset['done']));
    expect(steps).toEqual(['true', 'true', 'true', 'true', 'false']);
    expect(await page.$eval('.checklist li:last-child h3', (title) => title.textContent)).toBe('Approve the first invoice');
  });

  it('shows the stored document that will be sent', async () => {
    await visit(page, `${app.url}/invoices?tab=new&flags=none`);
    await page.keyboard.press('j');
    await page.waitForSelector('#invoice[data-id]');
    await isDrawn();
    const text = await page.waitForFunction(() => document.querySelector('.pdf-page .textLayer')?.textContent || undefined);
    expect(await text.jsonValue()).toContain(await openNumber());
  });

  it('moves on to the next invoice, and can be taken back', async () => {
    const id = await openId();
    await clickButton('.invoice-actions', 'Approve');
    await otherThan(id);
    await isDrawn();
    await says('It is sent in 10 seconds.');
    expect(await page.$eval(`#row-${id} .pill`, (pill) => pill.textContent)).toBe('Approved');
    await page.keyboard.press('u');
    await page.waitForSelector(`#invoice[data-id="${id}"]`);
    expect(await page.$eval('.invoice-total .pill', (pill) => pill.textContent)).toBe('In review');
    expect(page.url()).toContain(id);
  });

  it('puts exactly one matching invoice into the ledger', async () => {
    const id = await openId();
    const number = (await openNumber()) ?? '';
    await isDrawn();
    await clickButton('.invoice-actions', 'Approve');
    await otherThan(id);
    await expect.poll(() => stateOf(id), { timeout: 250_000, interval: 500 }).toBe('posted');
    expect(await documentsIn('quickbooks', number)).toHaveLength((await ledgerOf(id)) === 'quickbooks' ? 1 : 0);
    expect(await documentsIn('xero', number)).toHaveLength((await ledgerOf(id)) === 'xero' ? 1 : 0);
    await visit(page, `${app.url}/invoices/${id}`);
    expect(await page.$eval('.timeline', (list) => list.textContent)).toContain('Posted to ');
  });

  it('needs no checklist any more', async () => {
    await visit(page, `${app.url}/invoices`);
    expect(await page.$('.checklist')).toBeNull();
    expect(await page.$eval('.overview-lead', (lead) => lead.textContent)).toMatch(/invoices are waiting for a decision$/);
  });
});

describe('other decisions', () => {
  it('sends an invoice back with a reason, and reopens it', async () => {
    await visit(page, `${app.url}/invoices?tab=new&flags=none`);
    await page.keyboard.press('j');
    await page.waitForSelector('#invoice[data-id]');
    const id = await openId();
    await page.keyboard.press('r');
    await page.type('#reason', 'Two seats were cancelled & never billed <so>');
    await clickButton('#reject', 'Reject');
    await otherThan(id);
    await visit(page, `${app.url}/invoices/${id}`);
    expect(await page.$eval('.invoice-notice', (notice) => notice.textContent)).toContain('Two seats were cancelled & never billed <so>');
    await clickButton('.invoice-actions', 'Reopen');
    await says('is back in review');
  });

  it('asks once before an approval with open errors, and stops asking when they are marked as OK', async () => {
    await visit(page, `${app.url}/invoices?tab=new&flags=error`);
    await page.keyboard.press('j');
    await page.waitForSelector('#invoice[data-id]');
    await isDrawn();
    await page.keyboard.press('a');
    await page.waitForSelector('#approve-check[open]');
    await page.keyboard.press('Escape');
    await clickButton('#flags', 'Mark as OK');
    await page.waitForSelector('#flags [data-dismissed]');
    expect(await page.$('#approve-check')).toBeNull();
  });

  it('lights the line of a flag, also on a page that nobody has scrolled to', async () => {
    await visit(page, `${app.url}/invoices?tab=new&flags=warning`);
    await page.keyboard.press('j');
    await page.waitForSelector('#invoice[data-id]');
    await isDrawn();
    await page.keyboard.press('f');
    // Asked in one breath: the page may be drawn anew between two questions.
    await page.waitForFunction(() => {
      const mark = document.querySelector('.line-mark[data-lit="true"]')?.getAttribute('data-mark');
      return mark !== undefined && mark === document.querySelector('[data-flag][data-lit="true"]')?.getAttribute('data-line');
    });
  });

  it('approves ticked invoices together', async () => {
    await visit(page, `${app.url}/invoices?tab=new`);
    const boxes = await page.$$('.row-mark input:enabled');
    for (const box of boxes.slice(0, 12)) await box.click();
    await clickButton('.bulk-bar', 'Approve ticked');
    await says('12 invoices approved');
  });

  it('has the next document before it is opened, and asks for it once', async () => {
    const asked: string[] = [];
    const note = (request: HTTPRequest) => void asked.push(request.url());
    page.on('request', note);
    await visit(page, `${app.url}/invoices?tab=new&flags=none`);
    await page.keyboard.press('j');
    await page.waitForSelector('#invoice[data-id]');
    await isDrawn();
    const id = await openId();
    const next = await page.$eval('#list .row[aria-current="true"] + .row', (row) => row.getAttribute('data-document') ?? '');
    const timesAsked = () => asked.filter((url) => url === app.url + next).length;
    await expect.poll(timesAsked).toBe(1);
    await page.keyboard.press('j');
    await otherThan(id);
    await isDrawn();
    expect(timesAsked()).toBe(1);
    page.off('request', note);
  });

  it('answers a stale approval with the present document instead of approving it', async () => {
    await visit(page, `${app.url}/invoices?tab=new&flags=none`);
    await page.keyboard.press('j');
    await page.waitForSelector('#invoice[data-id]');
    await isDrawn();
    const id = await openId();
    await page.$eval('#approve-form [name=documentHash]', (field) => field.setAttribute('value', '0'.repeat(64)));
    await page.keyboard.press('a');
    await says('The document changed since you looked at it');
    expect(await stateOf(id)).toBe('in_review');
    // The message may stand before the pane is drawn anew.
    await page.waitForSelector(`#approve-form [name=documentHash]:not([value="${'0'.repeat(64)}"])`);
    // The browser logs the 409 itself.
    expect(trouble.splice(0).every((line) => line.includes('409'))).toBe(true);
  });

  it('says in the page what is gone, and keeps what was there', async () => {
    const before = await openId();
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.setAttribute('hx-get', '/invoices/0199f2c4-0000-7000-8000-000000000000');
      link.setAttribute('hx-target', '#invoice');
      link.id = 'gone';
      link.textContent = 'gone';
      document.querySelector('.invoice-head')?.append(link);
      (window as unknown as { htmx: { process(element: Element): void } }).htmx.process(link);
      link.click();
    });
    await says('does not exist, or is not yours to see');
    expect(await openId()).toBe(before);
    expect(trouble.splice(0).every((line) => line.includes('404'))).toBe(true);
  });

  it('leaves nothing on the console', () => {
    expect(trouble).toEqual([]);
  });
});

const invoiceShape = z.object({ state: z.string(), ledger: z.string().nullish() });

async function invoiceOf(id: string): Promise<z.infer<typeof invoiceShape>> {
  const answer = await fetch(`${app.url}/api/v1/invoices/${id}`, { headers: { authorization: `Bearer ${app.apiKeys['owner'] ?? ''}` } });
  return invoiceShape.parse(await answer.json());
}

const stateOf = async (id: string) => (await invoiceOf(id)).state;
const ledgerOf = async (id: string) => (await invoiceOf(id)).ledger;

async function documentsIn(vendor: string, number: string): Promise<unknown[]> {
  const answer = await fetch(`${app.sandbox[vendor] ?? ''}/_sandbox/documents?number=${encodeURIComponent(number)}`);
  return z.array(z.unknown()).parse(await answer.json());
}
