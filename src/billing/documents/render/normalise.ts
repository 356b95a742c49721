const NODE = /node(\d{8})/g;
const DATE = /\/(CreationDate|ModDate) \(D:\d{14}(?:[+-]\d\d'\d\d'|Z)?\)/g;
const NAMES = /\/Limits \[\(node\d{8}\) \(node\d{8}\)\]\n\/Names \[((?:\(node\d{8}\) \d+ \d+ R ?)+)\]/g;
const TRAILER_ID = /\/ID ?\[ ?<([0-9A-Fa-f]*)> ?<([0-9A-Fa-f]*)> ?\]/g;

/**
 * Makes the bytes of a Chromium print depend on its input alone: the clock in its dates, the random trailer id, and the
 * structure ids, which come from a counter that runs on for as long as the page lives. Everything keeps its width, so
 * the cross-reference table stays true. Chromium writes these objects uncompressed; a print in which they could hide in
 * a compressed object stream is refused, since it would silently be different each time.
 * @param day what the dates say, 'YYYY-MM-DD'
 */
export function normalisePdf(pdf: Uint8Array, day: string): Buffer {
  const text = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength).toString('latin1');
  if (text.includes('/Type /ObjStm')) throw new Error('This Chromium packs PDF objects into streams, where the bytes cannot be normalised');
  const stamp = `${day.replaceAll('-', '')}000000`;
  const dated = text
    .replace(DATE, (whole: string) =>
      whole.replace(/D:\d{14}.*\)/, (date) => `D:${stamp}${zulu(date.length - 'D:)'.length - stamp.length)})`),
    )
    .replace(TRAILER_ID, (whole: string) => whole.replace(/<[0-9A-Fa-f]*>/g, (id) => `<${'0'.repeat(id.length - 2)}>`));
  const result = Buffer.from(sortIdTree(renumber(dated)), 'latin1');
  if (result.length !== pdf.byteLength) throw new Error('Normalising changed the length of the document');
  return result;
}

/** UTC in the width that was there: nothing, 'Z', or '+00\'00\''. */
function zulu(width: number): string {
  return "+00'00'".length === width ? "+00'00'" : 'Z'.repeat(width);
}

/** Ids get numbers in order of first appearance, since their own order differs between a fresh and a used page. */
function renumber(text: string): string {
  const numbers = new Map<string, string>();
  return text.replace(NODE, (_whole, id: string) => {
    const known = numbers.get(id);
    if (known !== undefined) return `node${known}`;
    const next = String(numbers.size + 1).padStart(8, '0');
    numbers.set(id, next);
    return `node${next}`;
  });
}

/** A name tree must be sorted for readers to find anything in it. */
function sortIdTree(text: string): string {
  return text.replace(NAMES, (whole: string, list: string) => {
    const entries = [...list.matchAll(/\((node\d{8})\) (\d+ \d+ R)/g)].toSorted((a, b) => ((a[1] ?? '') < (b[1] ?? '') ? -1 : 1));
    const [first, last] = [entries[0]?.[1] ?? '', entries.at(-1)?.[1] ?? ''];
    const sorted = `/Limits [(${first}) (${last})]\n/Names [${entries.map((entry) => entry[0]).join(' ')}]`;
    return sorted.length === whole.length ? sorted : whole;
  });
}
