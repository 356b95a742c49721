import { withPdf } from '../../src/billing/documents/render/printed-document.js';

/** A piece of text as placed in a PDF: points, origin at the top left, `y` the baseline. */
export interface PlacedText {
  page: number;
  text: string;
  x: number;
  y: number;
  width: number;
}

/** All text of a PDF with its place, independent of how our own code looks for anything. */
export function placedText(pdf: Uint8Array): Promise<PlacedText[]> {
  return withPdf(pdf, async (document) => {
    const found: PlacedText[] = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number);
      const [, , , height] = page.view as [number, number, number, number];
      for (const item of (await page.getTextContent()).items) {
        if (!('str' in item) || item.str.trim() === '') continue;
        const [x, baseline] = item.transform.slice(4) as [number, number];
        found.push({ page: number, text: item.str, x, y: height - baseline, width: item.width });
      }
    }
    return found;
  });
}

/** The words of a PDF, pieces joined by single spaces. */
export async function pdfText(pdf: Uint8Array): Promise<string> {
  const pieces = await placedText(pdf);
  return pieces
    .map((piece) => piece.text)
    .join(' ')
    .replace(/\s+/g, ' ');
}
