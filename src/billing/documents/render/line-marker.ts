/**
 * A printed line is found again in the PDF through two named destinations, one at its top left and one at its bottom
 * right corner. Names are the element ids of the template, so the line's key is carried in an alphabet that neither
 * HTML, URL nor PDF escapes.
 */
export interface Marker {
  start: string;
  end: string;
}

export type MarkerPart = 'charge' | 'detail' | 'total';

const PARTS: Readonly<Record<MarkerPart, string>> = { charge: 'c', detail: 'd', total: 't' };
const PATTERN = /^([sz])\.([cdt])\.([A-Za-z0-9_-]*)$/;

export function markerFor(part: MarkerPart, key = ''): Marker {
  const name = `${PARTS[part]}.${Buffer.from(key, 'utf8').toString('base64url')}`;
  return { start: `s.${name}`, end: `z.${name}` };
}

/** What a named destination marks, or undefined when it is not one of ours. */
export function readMarker(name: string): { edge: 'start' | 'end'; part: MarkerPart; key: string } | undefined {
  const match = PATTERN.exec(name);
  if (!match) return undefined;
  const [, edge, letter, encoded] = match;
  const part = (Object.keys(PARTS) as MarkerPart[]).find((name) => PARTS[name] === letter);
  if (part === undefined) return undefined;
  return { edge: edge === 's' ? 'start' : 'end', part, key: Buffer.from(encoded ?? '', 'base64url').toString('utf8') };
}

/** The margins of the sheet, in whole points. */
export interface Origin {
  leftPt: number;
  topPt: number;
  bottomPt: number;
}

/**
 * Chromium writes destinations relative to the page's content box, not to the sheet. The origin marker stands at the
 * content box's top left corner and its name says where on the sheet that is, so a reader needs no constants, and would
 * still be right with a Chromium that counts from the sheet.
 */
export function originMarker({ leftPt, topPt, bottomPt }: Origin): string {
  return `origin.${leftPt}.${topPt}.${bottomPt}`;
}

export function readOrigin(name: string): Origin | undefined {
  const match = /^origin\.(\d+)\.(\d+)\.(\d+)$/.exec(name);
  if (!match) return undefined;
  const [leftPt, topPt, bottomPt] = match.slice(1).map((part) => Number.parseInt(part, 10)) as [number, number, number];
  return { leftPt, topPt, bottomPt };
}
