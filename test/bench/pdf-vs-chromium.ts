import { availableParallelism } from 'node:os';
import type { Browser, Page } from 'puppeteer';
import { ChromiumPool } from '../../src/billing/documents/render/chromium-pool.js';
import { normalisePdf } from '../../src/billing/documents/render/normalise.js';
import { invoiceHtml } from '../../src/billing/documents/render/render-invoice.js';
import { PRINT_OPTIONS } from '../../src/billing/documents/render/warm-page.js';
import { launchBrowser } from '../../src/platform/browser/launch-browser.js';
import { aBrand, anAustralianBrand } from '../support/invoices.js';
import { agreementWithAdditions, creditNote, productBundle, timeAndMaterials, zeroTotal } from '../support/sample-invoices.js';
import { median, type BenchRow } from './row.js';

const ROUNDS = 5;
const DOCUMENTS_PER_ROUND = 60;
const TARGET = 0.8;

/**
 * Documents per second of our pool, normaliser included, against a bare Chromium print: same HTML, same print options,
 * same number of pages at a time, each page reused. Both sides have a browser of their own and take turns.
 */
export async function run(): Promise<BenchRow> {
  const documents = realisticDocuments();
  const width = availableParallelism();
  const bare = await launchBrowser();
  const pool = new ChromiumPool({ launch: () => launchBrowser(), pages: width });
  try {
    const pages = await Promise.all(Array.from({ length: width }, () => barePage(bare.browser)));
    await pool.warm();
    const printBare = inTurn(pages);
    const sides = {
      ours: async (html: string) => void normalisePdf(await pool.print(html, { tenantId: 'bench' }), '2026-11-02'),
      baseline: printBare,
    };
    const speeds = { ours: [] as number[], baseline: [] as number[] };
    await documentsPerSecond(documents, width, sides.ours);
    await documentsPerSecond(documents, width, sides.baseline);
    for (let round = 0; round < ROUNDS; round += 1) {
      speeds.baseline.push(await documentsPerSecond(documents, width, sides.baseline));
      speeds.ours.push(await documentsPerSecond(documents, width, sides.ours));
    }
    const [value, baseline] = [median(speeds.ours), median(speeds.baseline)];
    const ratio = value / baseline;
    return { name: 'pdf-vs-chromium', value, unit: 'documents/s', baseline, ratio, target: `≥ ${TARGET}`, ok: ratio >= TARGET };
  } finally {
    await pool.close();
    await bare.close();
  }
}

function realisticDocuments(): string[] {
  const american = [timeAndMaterials(30), creditNote(), zeroTotal(), productBundle()].map((content) =>
    invoiceHtml({ content, brand: aBrand(), asOf: content.date }),
  );
  const agreement = agreementWithAdditions();
  return [...american, invoiceHtml({ content: agreement, brand: anAustralianBrand(), asOf: agreement.date })];
}

async function barePage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  return page;
}

/** Hands each document to a page that is free; there are as many pages as documents under way. */
function inTurn(pages: Page[]): (html: string) => Promise<void> {
  return async (html) => {
    const page = pages.pop();
    if (!page) throw new Error('More documents under way than pages');
    await page.setContent(html, { waitUntil: 'load' });
    await page.pdf(PRINT_OPTIONS);
    pages.push(page);
  };
}

async function documentsPerSecond(documents: string[], width: number, print: (html: string) => Promise<void>): Promise<number> {
  let next = 0;
  const start = performance.now();
  const worker = async (): Promise<void> => {
    while (next < DOCUMENTS_PER_ROUND) {
      const html = documents[next % documents.length] as string;
      next += 1;
      await print(html);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return DOCUMENTS_PER_ROUND / ((performance.now() - start) / 1_000);
}
