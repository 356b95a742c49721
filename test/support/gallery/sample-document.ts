import type { Browser } from 'puppeteer';
import type { LinePlace } from '../../../src/web/invoice/document-opening.js';

const ROWS = [
  ['agreement:88', 'Managed services, November 2026', '1', '2,400.00'],
  ['addition:12', 'Microsoft 365 Business Premium', '41', '902.00'],
  ['product:33107', 'FortiGate 60F', '1', '640.00'],
  ['time:90511', 'Emergency on-site support', '1.5', '247.50'],
  ['time:90512', 'Remote support', '0.25', '29.00'],
] as const;

const HTML = `<!doctype html><style>
  @page { size: Letter; margin: 0.75in } body { font: 10pt sans-serif; color: #171b22; margin: 0 } h1 { color: #0f6b5c; text-align: right; margin: 0 0 60pt }
  table { width: 100%; border-collapse: collapse } td { padding: 6pt 0; border-bottom: 0.5pt solid #ccc } td:nth-child(n+2) { text-align: right } .more { break-before: page }
</style><h1>Invoice</h1><p>Harbor Dental</p><table>${ROWS.map(([key, ...cells]) => `<tr data-key="${key}">${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table>
<p style="text-align:right;font-size:14pt"><b>Total $4,218.50</b></p><div class="more">Time detail</div>`;

const PX_TO_POINT = 0.75;
const MARGIN_POINT = 54;
const BODY_WIDTH_PX = 7 * 96;

/** A two-page document with the places of its lines, for looking at the viewer before any real document exists. */
export async function sampleDocument(browser: Browser): Promise<{ bytes: Uint8Array; positions: LinePlace[] }> {
  const page = await browser.newPage();
  await page.setViewport({ width: BODY_WIDTH_PX, height: 1056 });
  await page.setContent(HTML);
  const boxes = await page.$$eval('tr', (rows) =>
    rows.map((row) => ({ key: row.dataset['key'] ?? '', box: row.getBoundingClientRect().toJSON() as DOMRect })),
  );
  const bytes = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  await page.close();
  const positions = boxes.map(({ key, box }) => ({
    lineKey: key,
    page: 1,
    left: MARGIN_POINT + box.x * PX_TO_POINT,
    top: MARGIN_POINT + box.y * PX_TO_POINT,
    width: box.width * PX_TO_POINT,
    height: box.height * PX_TO_POINT,
  }));
  return { bytes, positions };
}
