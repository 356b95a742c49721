import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChromiumPool } from '../../src/billing/documents/render/chromium-pool.js';
import { PrintedTotalDiffers, readLinePositions, withPdf } from '../../src/billing/documents/render/printed-document.js';
import { invoiceHtml, renderInvoice } from '../../src/billing/documents/render/render-invoice.js';
import { loadTemplate } from '../../src/billing/documents/render/template.js';
import type { InvoiceContent } from '../../src/domain/invoice.js';
import { launchBrowser } from '../../src/platform/browser/launch-browser.js';
import { aBrand, aLine, anAustralianBrand, anInvoice, aTimeEntry } from '../support/invoices.js';
import { pdfText, placedText } from '../support/pdf-text.js';
import {
  agreementWithAdditions,
  awkwardNames,
  creditNote,
  productBundle,
  timeAndMaterials,
  zeroTotal,
} from '../support/sample-invoices.js';

// Real Chromium, real PDFs, read back with pdf.js; nothing is replaced.
let pool: ChromiumPool;
const JPEG = (
  await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } })
    .jpeg()
    .toBuffer()
).toString('base64');
const MINE = { tenantId: 'mine' };
const input = (content: InvoiceContent, brand = aBrand()) => ({ content, brand, asOf: content.date });
const render = (content: InvoiceContent, brand = aBrand()) => renderInvoice(input(content, brand), pool, MINE);

beforeAll(() => {
  pool = new ChromiumPool({ launch: () => launchBrowser(), pages: 1 });
});
afterAll(() => pool.close());

describe('renderInvoice', () => {
  it.each([
    ['time and materials', timeAndMaterials(30), aBrand(), '$6,', 'letter'],
    ['agreement in Australia', agreementWithAdditions(), anAustralianBrand(), '$8,305.22', 'a4'],
    ['credit note', creditNote(), aBrand(), '\u2212$698.72', 'letter'],
    ['zero total', zeroTotal(), aBrand(), '$0.00', 'letter'],
    ['bundle with a down payment', productBundle(), aBrand(), '$5,262.48', 'letter'],
  ] as const)('prints %s with its total', async (_name, content, brand, total, size) => {
    const { pdf, sha256, pages, printedTotal } = await render(content, brand);
    expect(printedTotal.amount.equals(content.total)).toBe(true);
    expect(sha256).toBe(createHash('sha256').update(pdf).digest('hex'));
    const text = await pdfText(pdf);
    expect(text).toContain(total);
    expect(text).toContain(`Page ${pages} of ${pages}`);
    const [, , width, height] = await withPdf(pdf, async (document) => (await document.getPage(1)).view as number[]);
    expect([Math.round(width ?? 0), Math.round(height ?? 0)]).toEqual(size === 'a4' ? [595, 842] : [612, 792]);
  });

  it('prints all of 300 entries, with the heading on every page, in seconds', async () => {
    const content = timeAndMaterials(300);
    const { pdf, pages } = await render(content);
    const positions = await readLinePositions(pdf);
    expect(new Set(positions.map((position) => position.lineKey)).size).toBe(content.lines.length);
    const text = await placedText(pdf);
    const detailPages = new Set(positions.filter((position) => position.part === 'detail').map((position) => position.page));
    for (const page of detailPages) expect(text.some((piece) => piece.page === page && piece.text === 'Who')).toBe(true);
    expect(detailPages.has(pages)).toBe(true);
  });

  it('is a tagged document with title and language', async () => {
    const { pdf } = await render(agreementWithAdditions(), anAustralianBrand());
    await withPdf(pdf, async (document) => {
      const { info } = (await document.getMetadata()) as { info: { Title?: string; Language?: string } };
      expect(info.Title).toBe('Tax invoice SX-20418 · Southern Cross Managed Services');
      expect(info.Language).toBe('en-AU');
      expect(await document.getMarkInfo()).toEqual(new Map([['Marked', true], ['UserProperties', false], ['Suspects', false]])); // prettier-ignore
      const tree = JSON.stringify(await (await document.getPage(1)).getStructTree());
      for (const role of ['H1', 'Table', 'TH', 'TD']) expect(tree).toContain(`"role":"${role}"`);
      expect(await (await document.getPage(1)).getAnnotations()).toEqual([]);
    });
  });

  it.each([
    ['png', 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='],
    ['jpeg', JPEG],
  ])('draws an embedded %s logo', async (type, bytes) => {
    const { pdf } = await render(creditNote(), aBrand({ logo: `data:image/${type};base64,${bytes}` }));
    expect(pdf.includes('/Subtype /Image')).toBe(true);
  });

  it('never hands a drawing to the browser: only what our own decoder wrote is a logo', async () => {
    const logo = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')}`;
    await expect(render(creditNote(), aBrand({ logo }))).rejects.toThrow('must be a PNG or JPEG');
  });

  it('prints names with markup, quotes and emoji as they are', async () => {
    const { pdf } = await render(awkwardNames());
    const text = await pdfText(pdf);
    expect(text).toContain(`O'Brien & Søns <Holdings> "Quoted"`);
    expect(text).toContain('<script>alert("x")</script>');
    expect(text).toContain('Москва');
    const fonts = pdf.toString('latin1').match(/\/FontName \/[A-Z]{6}\+[A-Za-z0-9-]+/g) ?? [];
    expect(fonts.some((font) => /Emoji/i.test(font))).toBe(true);
    expect(fonts.some((font) => /SourceSans/i.test(font))).toBe(true);
  });
});

describe('same input, same bytes', () => {
  it('on one page: A, B, A', async () => {
    const [first, other, again] = [await render(timeAndMaterials(12)), await render(creditNote()), await render(timeAndMaterials(12))];
    expect(again.sha256).toBe(first.sha256);
    expect(other.sha256).not.toBe(first.sha256);
  });

  it('over two browsers, two days and a page that has printed much', async () => {
    const second = new ChromiumPool({ launch: () => launchBrowser(), pages: 1 });
    try {
      for (const content of [agreementWithAdditions(), awkwardNames(), timeAndMaterials(60)]) {
        const fresh = await renderInvoice(input(content), second, MINE);
        expect((await render(content)).sha256).toBe(fresh.sha256);
      }
    } finally {
      await second.close();
    }
  });

  it('changes with the smallest change of content', async () => {
    const content = creditNote();
    const changed = { ...content, purchaseOrder: 'PO-1' };
    expect((await render(content)).sha256).not.toBe((await render(changed)).sha256);
  });
});

describe('the printed total', () => {
  const template = loadTemplate('invoice', 'v1');

  it.each([
    ['prints another sum', (html: string) => html.replace(/(id="s\.t\."><\/i>)[^<]+/, '$1$1,000,000.00')],
    ['prints no sum', (html: string) => html.replace(/(id="s\.t\."><\/i>)[^<]+/, '$1')],
    ['does not mark the sum', (html: string) => html.replaceAll('s.t.', 's-t-')],
    ['hides the sum', (html: string) => html.replace('class="total"', 'class="total" style="visibility:hidden"')],
  ])('stops a document that %s', async (_name, spoil) => {
    const spoilt = { css: template.css, render: (view: object) => spoil(template.render(view)) };
    await expect(renderInvoice(input(creditNote()), pool, { ...MINE, template: spoilt })).rejects.toThrow(PrintedTotalDiffers);
  });
});

describe('readLinePositions', () => {
  it('finds each line where its text stands', async () => {
    const content = agreementWithAdditions();
    const { pdf } = await render(content, anAustralianBrand());
    const text = await placedText(pdf);
    const positions = await readLinePositions(pdf);
    for (const line of content.lines) {
      const box = positions.find((position) => position.lineKey === line.key);
      const words = line.kind === 'time' ? (line.notes ?? '').split(',')[0] : line.description;
      const printed = text.find(
        (piece) =>
          piece.page === box?.page && piece.text.startsWith((words ?? '').slice(0, 12)) && piece.y > box.y && piece.y < box.y + box.height,
      );
      expect(printed, `${line.key} in ${JSON.stringify(box)}`).toBeDefined();
      expect(printed?.x).toBeGreaterThanOrEqual((box?.x ?? 0) - 0.1);
    }
  });

  it('spans the whole width between the margins, and rows do not overlap', async () => {
    const positions = await readLinePositions((await render(timeAndMaterials(40))).pdf);
    for (const [index, box] of positions.entries()) {
      expect(box.x).toBeCloseTo(54, 1);
      expect(box.width).toBeCloseTo(504, 0);
      const before = positions[index - 1];
      if (before?.page === box.page) expect(box.y).toBeGreaterThanOrEqual(before.y + before.height - 0.8);
      expect(box.y + box.height).toBeLessThanOrEqual(792 - 60 + 0.8);
    }
  });

  it('gives a line that breaks over pages one box per page', async () => {
    const notes = Array.from({ length: 90 }, (_, index) => `Step ${index + 1}: checked and noted.`).join('\n');
    const { pdf } = await render(anInvoice({ lines: [aTimeEntry(1, { notes }), aLine({ key: 'product:1', kind: 'product' })] }));
    const boxes = (await readLinePositions(pdf)).filter((position) => position.lineKey === 'time:1');
    expect(boxes.map((box) => box.page)).toEqual([2, 3]);
    expect(boxes[1]?.y).toBeCloseTo(48, 0);
    for (const box of boxes) expect(box.height).toBeGreaterThan(50);
  });

  it('knows lines by keys of any characters', async () => {
    const key = 'product:"1"/<é🚀>';
    const { pdf } = await render(anInvoice({ lines: [aLine({ key, kind: 'product' })] }));
    expect((await readLinePositions(pdf)).map((position) => position.lineKey)).toEqual([key]);
  });
});

describe('a page that wants out', () => {
  it('is complete in itself', () => {
    expect(invoiceHtml(input(awkwardNames()))).not.toMatch(/(?:src|href)="(?!data:|#)/);
  });
});
