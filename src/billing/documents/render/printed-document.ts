import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { LinePosition } from '../document.entity.js';
import type { Money } from '../../../domain/money.js';
import type { DocumentFormat } from './format.js';
import { readMarker, readOrigin, type MarkerPart } from './line-marker.js';

/** A place on a page, in PDF points, origin at the top left of the sheet. Pages count from 1. */
interface PrintedBox {
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Mark {
  part: MarkerPart;
  key: string;
  /** One box, or one per page when the line breaks over pages. */
  boxes: PrintedBox[];
}

/** The end marker is a pixel inside the corner; its destination is that pixel's top left. */
const END_MARKER_PT = 0.75;

interface Point {
  page: number;
  x: number;
  y: number;
}

/** Opens a stored document for reading; nothing in it is run, and no font of the machine is asked for. */
export async function withPdf<T>(bytes: Uint8Array, work: (pdf: PDFDocumentProxy) => Promise<T>): Promise<T> {
  // pdf.js takes the buffer it is given for itself, so it gets its own copy.
  const task = getDocument({ data: new Uint8Array(bytes), useSystemFonts: false, disableFontFace: true, verbosity: 0 });
  try {
    return await work(await task.promise);
  } finally {
    await task.destroy();
  }
}

/** All marked places of a document, from the named destinations in its bytes. */
async function readMarks(pdf: PDFDocumentProxy): Promise<Mark[]> {
  const points = await destinationPoints(pdf);
  const sheet = await sheetOf(pdf, points);
  const marks: Mark[] = [];
  for (const [name, start] of points) {
    const marker = readMarker(name);
    if (marker?.edge !== 'start') continue;
    const end = points.get(`z${name.slice(1)}`);
    if (end) marks.push({ part: marker.part, key: marker.key, boxes: boxesBetween(start, end, sheet) });
  }
  return marks;
}

/**
 * Reads the positions of all printed lines from the document's own bytes, in reading order. A line that breaks over pages
 * has one entry per page; a line that is not printed (work marked "do not bill") has none.
 */
export async function readLinePositions(pdf: Uint8Array): Promise<LinePosition[]> {
  const marks = await withPdf(pdf, readMarks);
  const positions = marks.flatMap(({ part, key, boxes }) => (part === 'total' ? [] : boxes.map((box) => ({ lineKey: key, part, ...box }))));
  return positions.toSorted((a, b) => a.page - b.page || a.y - b.y);
}

async function destinationPoints(pdf: PDFDocumentProxy): Promise<Map<string, Point>> {
  const destinations = (await pdf.getDestinations()) as unknown as Map<string, unknown>;
  const points = new Map<string, Point>();
  const pages = new Map<string, number>();
  for (const [name, destination] of destinations) {
    const [ref, , x, y] = destination as [{ num: number; gen: number }, unknown, number, number];
    const id = `${ref.num} ${ref.gen}`;
    const page = pages.get(id) ?? (await pdf.getPageIndex(ref)) + 1;
    pages.set(id, page);
    points.set(name, { page, x, y });
  }
  return points;
}

interface Sheet {
  height: number;
  /** What to add to a destination to get a place on the sheet. */
  shiftX: number;
  shiftY: number;
  topPt: number;
  bottomPt: number;
}

async function sheetOf(pdf: PDFDocumentProxy, points: ReadonlyMap<string, Point>): Promise<Sheet> {
  const [, , , height] = (await pdf.getPage(1)).view as [number, number, number, number];
  for (const [name, point] of points) {
    const origin = readOrigin(name);
    if (!origin) continue;
    const { leftPt, topPt, bottomPt } = origin;
    return { height, shiftX: leftPt - point.x, shiftY: topPt - (height - point.y), topPt, bottomPt };
  }
  return { height, shiftX: 0, shiftY: 0, topPt: 0, bottomPt: 0 };
}

/** The rectangle from start to end; over a page break, down to the foot of one page and on from the head of the next. */
function boxesBetween(start: Point, end: Point, sheet: Sheet): PrintedBox[] {
  const x = start.x + sheet.shiftX;
  const width = end.x + END_MARKER_PT - start.x;
  const top = sheet.height - start.y + sheet.shiftY;
  const bottom = sheet.height - end.y + sheet.shiftY + END_MARKER_PT;
  const boxes: PrintedBox[] = [];
  for (let page = start.page; page <= end.page; page += 1) {
    const y = page === start.page ? top : sheet.topPt;
    const foot = page === end.page ? bottom : sheet.height - sheet.bottomPt;
    boxes.push({ page, x, y, width, height: foot - y });
  }
  return boxes;
}

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
