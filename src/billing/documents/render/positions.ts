import { readMarks, withPdf, type PrintedBox } from './printed-document.js';

/** Where a line of the invoice stands in a stored document. Points, origin at the top left of the sheet, pages from 1. */
export interface LinePosition extends PrintedBox {
  lineKey: string;
  /** On the main page, or on the appended time detail. */
  part: 'charge' | 'detail';
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
