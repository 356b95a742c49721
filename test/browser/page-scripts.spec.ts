import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, type LaunchedBrowser } from '../../src/platform/browser/launch-browser.js';
import { visit } from '../support/browser-person.js';
import { openGallery, type Gallery } from '../support/gallery/gallery-server.js';

/* Real: Chromium, the templates, the scripts, htmx, pdf.js and the security policy. Pretended: the data behind the pages. */
let launched: LaunchedBrowser;
let gallery: Gallery;
let page: Page;
let trouble: string[];

beforeAll(async () => {
  launched = await launchBrowser({ network: 'loopback' });
  gallery = await openGallery(launched.browser);
});
afterAll(async () => {
  gallery.close();
  await launched.close();
});
beforeEach(async () => {
  trouble = [];
  gallery.decisions.length = 0;
  page = await launched.browser.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  page.setDefaultTimeout(100_000);
  page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(String(error)));
});
afterEach(async () => {
  await page.close();
  expect(trouble).toEqual([]);
});

const open = (name: string) => visit(page, `${gallery.origin}/${name}`);
const shown = () => page.$eval('#invoice', (pane) => pane.getAttribute('data-id'));
const isCurrent = (id: string) => page.waitForSelector(`#list .row[data-id="${id}"][aria-current="true"]`);
const opensInvoice = (id: string) => page.waitForSelector(`#invoice[data-id="${id}"]`);

describe('keys', () => {
  it('j and k move in the list while the document follows', async () => {
    await open('inbox');
    await page.keyboard.press('j');
    await opensInvoice('i0');
    await page.keyboard.press('j');
    await opensInvoice('i1');
    await isCurrent('i1');
    await page.waitForFunction(() => location.pathname === '/invoices/i1');
    await page.keyboard.press('k');
    await opensInvoice('i0');
    await isCurrent('i0');
  });

  it('are text while somebody types', async () => {
    await open('invoice');
    await page.keyboard.press('/');
    await page.keyboard.type('jar?');
    await page.waitForFunction(() => (document.getElementById('search') as HTMLInputElement).value === 'jar?');
    expect(await shown()).toBe('i0');
    expect(await page.$$('dialog[open]')).toHaveLength(0);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.id !== 'search');
  });

  it('r asks for a reason, ? lists the keys, Esc closes', async () => {
    await open('invoice');
    await page.keyboard.press('r');
    await page.waitForSelector('#reject[open]');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !(document.getElementById('reject') as HTMLDialogElement).open);
    await page.keyboard.press('?');
    await page.waitForSelector('#keys[open]');
  });

  it('with a modifier belong to the browser', async () => {
    await open('invoice');
    await page.keyboard.down('Control');
    await page.keyboard.press('r');
    await page.keyboard.up('Control');
    expect(await page.$('#reject[open]')).toBeNull();
  });

  it('x ticks and a reload keeps the tick in the address', async () => {
    await open('invoice');
    await page.keyboard.press('x');
    await page.waitForFunction(() => new URLSearchParams(location.search).get('ticked') === 'i0');
    expect(await page.$eval('.bulk-bar', (bar) => getComputedStyle(bar).display)).toBe('flex');
  });
});

describe('approving', () => {
  it('with open errors asks once, naming them, then brings the next invoice; u takes it back', async () => {
    await open('invoice');
    await page.keyboard.press('a');
    await page.waitForSelector('#approve-check[open]');
    expect(await page.$eval('#approve-check', (dialog) => dialog.textContent)).toContain('Sold below cost, line 3');
    expect(gallery.decisions).toEqual([]);
    await page.click('#approve-check .primary');
    await opensInvoice('i1');
    expect(gallery.decisions).toEqual(['POST /invoices/i0/approval documentHash=9f2c']);
    await isCurrent('i1');
    await page.keyboard.press('u');
    await opensInvoice('i0');
    expect(gallery.decisions[1]).toBe('DELETE /invoices/i0/approval');
    await page.waitForFunction(() => !document.querySelector('[data-toast]'));
  });

  it('a clean one goes at once', async () => {
    await open('invoice');
    await page.$eval('#approve-check', (dialog) => dialog.remove());
    await page.keyboard.press('a');
    await opensInvoice('i1');
    expect(gallery.decisions).toHaveLength(1);
  });
});

describe('the document', () => {
  it('is drawn page by page with its text, and a flag lights its line', async () => {
    await open('invoice');
    await page.waitForSelector('.pdf-page[data-page="1"] .line-mark');
    expect(await page.$$('.pdf-page')).toHaveLength(2);
    // The marks are there as soon as the page is; its text comes a moment later.
    await page.waitForFunction(() => document.querySelector('.pdf-page .textLayer')?.textContent?.includes('Harbor Dental'));
    expect(await page.$eval('.pdf-page .textLayer', (layer) => layer.textContent)).toContain('Harbor Dental');
    expect(await page.$$('.line-mark')).toHaveLength(2);
    await page.click('#flag-f1 [data-flag-select]');
    expect(await page.$eval('.line-mark[data-lit="true"]', (mark) => mark.getAttribute('data-mark'))).toBe('product:33107');
  });

  it('a line lights its flag, at the place where the line is printed', async () => {
    await open('invoice');
    const mark = await page.waitForSelector('.line-mark[data-mark="time:90511"]');
    const [words, box] = await Promise.all([
      page.$$eval(
        '.textLayer span',
        (spans) =>
          spans
            .find((span) => span.textContent?.includes('Emergency'))
            ?.getBoundingClientRect()
            .toJSON() as DOMRect,
      ),
      mark?.boundingBox(),
    ]);
    expect(box && words.top >= box.y && words.bottom <= box.y + box.height).toBe(true);
    await mark?.click();
    expect(await page.$eval('#flag-f2', (flag) => flag.getAttribute('data-lit'))).toBe('true');
  });
});

describe('what somebody typed', () => {
  const name = () => page.$eval('#erase-name', (field) => (field as HTMLInputElement).value);
  const comeBack = (from: string) => visit(page, `${gallery.origin}/settings-data`, `${gallery.origin}${from}`);

  const typeAndSend = async () => {
    await open('settings-data');
    await page.type('#erase-name', 'Dana Reyes');
    await page.click('form[action="/settings/data/names"] [type=checkbox]');
    await Promise.all([page.waitForNavigation(), page.click('form[action="/settings/data/names"] button')]);
  };

  it('is there again after they had to prove who they are', async () => {
    await typeAndSend();
    await comeBack('/sign-in/confirm?returnTo=%2Fsettings-data');
    expect(await name()).toBe('Dana Reyes');
    // What it means to be undone by nobody is said anew; that is where the keyboard is.
    expect(await page.evaluate(() => document.activeElement?.matches('form[action="/settings/data/names"] [type=checkbox]:invalid'))).toBe(
      true,
    );
    expect(await page.evaluate(() => sessionStorage.getItem('typed'))).toBeNull();
    // The gallery has no such route; the app does.
    trouble = trouble.filter((line) => !line.includes('404'));
  });

  it('is gone when they come from anywhere else', async () => {
    await typeAndSend();
    await comeBack('/invoices');
    expect(await name()).toBe('');
    await comeBack('/sign-in/confirm');
    expect(await name()).toBe('');
    trouble = trouble.filter((line) => !line.includes('404'));
  });
});

it('the chosen theme is a cookie, so that the server knows it', async () => {
  await open('inbox');
  await page.click('[popovertarget="menu"]');
  await page.click('[data-theme-switch] [value="dark"]');
  expect(await page.$eval('html', (html) => html.getAttribute('data-theme'))).toBe('dark');
  expect((await launched.browser.cookies()).find(({ name }) => name === 'theme')?.value).toBe('dark');
});

it('no page scrolls sideways on a phone, and none is refused anything by the security policy', async () => {
  await page.setViewport({ width: 390, height: 844 });
  for (const { name } of gallery.screens) {
    // A page that is loaded is laid out; waiting for silence at each of so many would take half a minute.
    await page.goto(`${gallery.origin}/${name}`, { waitUntil: 'load' });
    await page.waitForFunction(() => !document.querySelector('[data-pdf-wait]'));
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect([name, wider]).toEqual([name, 0]);
  }
});
