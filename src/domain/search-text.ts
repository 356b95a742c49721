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

const MOST_WORDS = 8;

/** What a search asks for: each of these has to be found in a stored text. '#' is left out of every word, as people type it. */
export function searchWords(search: string): string[] {
  return searchText(search)
    .split(' ')
    .map((word) => word.replace(/^#/, ''))
    .filter(Boolean)
    .slice(0, MOST_WORDS);
}
