const MARK = /\[([A-Za-z0-9-]{1,60})\]/g;

/** How our marker stands in a note, which is the one field that people see and the vendor never touches. */
export function marked(marker: string): string {
  return `[${marker}]`;
}

/** Every marker in a note; a void puts a word in front of it, and people may write around it. */
export function markersIn(note: string | null | undefined): string[] {
  return [...(note ?? '').matchAll(MARK)].flatMap((match) => match[1] ?? []);
}
