/** How names and numbers are stored for searching, and how a search is asked: without case, accents and leading '#'. */
export function searchText(...parts: string[]): string {
  return parts
    .join(' ')
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^#/, '')
    .trim();
}
