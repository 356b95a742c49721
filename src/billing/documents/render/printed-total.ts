import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Money } from '../../../domain/money.js';
import type { DocumentFormat } from './format.js';
import { readMarks, withPdf, type PrintedBox } from './printed-document.js';

/** The document would say another sum than the invoice: it must never be stored. */
export class PrintedTotalDiffers extends Error {
  constructor(
    readonly invoiceNumber: string,
    readonly printed: string,
    readonly expected: Money,
  ) {
    super(`The document of invoice ${invoiceNumber} prints the total "${printed}" but the invoice says ${expected.toString()}`);
  }
}

export interface ReadBack {
  pages: number;
  /** The text that stands at the total's place, as a reader sees it. */
  totalText: string;
}

/** Reads the finished PDF: how many pages it has, and what is printed where the total is marked. */
export async function readBack(pdf: Uint8Array): Promise<ReadBack> {
  return withPdf(pdf, async (document) => {
    const total = (await readMarks(document)).find((mark) => mark.part === 'total')?.boxes[0];
    return { pages: document.numPages, totalText: total ? await textIn(document, total) : '' };
  });
}

/** @throws PrintedTotalDiffers */
export function assertPrintedTotal(invoiceNumber: string, totalText: string, expected: Money, format: DocumentFormat): Money {
  let printed: Money;
  try {
    printed = format.readMoney(totalText);
  } catch (error) {
    if (error instanceof RangeError) throw new PrintedTotalDiffers(invoiceNumber, totalText, expected);
    throw error;
  }
  if (!printed.equals(expected)) throw new PrintedTotalDiffers(invoiceNumber, totalText, expected);
  return printed;
}

async function textIn(document: PDFDocumentProxy, box: PrintedBox): Promise<string> {
  const page = await document.getPage(box.page);
  const [, , , height] = page.view as [number, number, number, number];
  const { items } = await page.getTextContent({ disableNormalization: true });
  return items
    .filter((item) => 'str' in item)
    .filter((item) => {
      const [, , , , x, baseline] = item.transform as [number, number, number, number, number, number];
      const y = height - baseline;
      return x >= box.x - 1 && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
    })
    .map((item) => item.str)
    .join('')
    .trim();
}
