/** 'Jo Díaz' → 'JD', 'owner@lumen.example' → 'O'. First and last word, by whole characters. */
export function initials(name: string): string {
  const words = name.split(/[\s@]/).filter((word) => /^\p{L}/u.test(word));
  const chosen = name.includes('@') ? words.slice(0, 1) : [...new Set([words.at(0), words.at(-1)])];
  return chosen.map((word) => /^\p{L}\p{M}*/u.exec(word ?? '')?.[0].toLocaleUpperCase('en') ?? '').join('') || '?';
}
