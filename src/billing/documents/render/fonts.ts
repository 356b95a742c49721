import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Family {
  name: string;
  package: string;
  weights: readonly number[];
  /** Tried in this order for a character; the first one is always embedded. */
  subsets?: readonly string[];
}

interface Subset {
  family: Family;
  name: string;
  range: string;
  covers: (codePoint: number) => boolean;
}

const require = createRequire(import.meta.url);

const TEXT: Family = {
  name: 'Source Sans 3',
  package: '@fontsource/source-sans-3',
  weights: [400, 600],
  subsets: ['latin', 'latin-ext', 'vietnamese', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext'],
};
const FIGURES: Family = {
  name: 'Source Code Pro',
  package: '@fontsource/source-code-pro',
  weights: [400],
  subsets: ['latin', 'latin-ext'],
};
/** Monochrome, so that a name with an emoji prints as ink like the rest and needs no font on the machine. */
const EMOJI: Family = { name: 'Noto Emoji', package: '@fontsource/noto-emoji', weights: [400] };

const subsetsOf = new Map<Family, readonly Subset[]>();
const faces = new Map<Subset, string>();

/**
 * `@font-face` rules, everything embedded, for exactly the alphabets that `text` needs: basic Latin always, a further
 * subset only when one of its characters occurs, since each one costs Chromium a decode per document.
 */
export function fontFaces(text: string): string {
  const needed = new Set<Subset>([...subsets(TEXT).slice(0, 1), ...subsets(FIGURES).slice(0, 1)]);
  for (const codePoint of unusual(text)) {
    const own = subsets(TEXT).find((subset) => subset.covers(codePoint));
    for (const subset of own ? [own, ...twins(own)] : emojiFor(codePoint)) needed.add(subset);
  }
  return [...needed].map(face).join('\n');
}

/** The different characters outside Latin-1, sorted so that the same characters give the same rules in any order. */
function unusual(text: string): number[] {
  const found = new Set<number>();
  for (const character of text.match(/[\u{100}-\u{10ffff}]/gu) ?? []) found.add(character.codePointAt(0) as number);
  return [...found].sort((a, b) => a - b);
}

/** The same alphabet in the figures' font, so that a document number may hold its letters. */
function twins(subset: Subset): readonly Subset[] {
  return subsets(FIGURES).filter((other) => other.name === subset.name);
}

function emojiFor(codePoint: number): readonly Subset[] {
  return subsets(EMOJI)
    .filter((subset) => subset.covers(codePoint))
    .slice(0, 1);
}

function subsets(family: Family): readonly Subset[] {
  const known = subsetsOf.get(family);
  if (known) return known;
  const ranges = JSON.parse(readFileSync(require.resolve(`${family.package}/unicode.json`), 'utf8')) as Record<string, string>;
  const names = family.subsets ?? Object.keys(ranges);
  const read = names.map((name) => ({ family, name, range: ranges[name] ?? '', covers: coverage(ranges[name] ?? '') }));
  subsetsOf.set(family, read);
  return read;
}

function coverage(range: string): (codePoint: number) => boolean {
  const spans = range.split(',').map((part) => {
    const [from, to] = part.trim().replace('U+', '').split('-');
    const first = parseInt(from ?? '', 16);
    return [first, to === undefined ? first : parseInt(to, 16)] as const;
  });
  return (codePoint) => spans.some(([first, last]) => codePoint >= first && codePoint <= last);
}

function face(subset: Subset): string {
  const known = faces.get(subset);
  if (known) return known;
  const { family, name, range } = subset;
  const slug = `${family.package.replace('@fontsource/', '')}-${name.replace(/[[\]]/g, '')}`;
  const rules = family.weights.map((weight) => {
    const bytes = readFileSync(require.resolve(`${family.package}/files/${slug}-${weight}-normal.woff2`));
    const source = `url(data:font/woff2;base64,${bytes.toString('base64')}) format('woff2')`;
    return `@font-face{font-family:'${family.name}';font-weight:${weight};font-style:normal;src:${source};unicode-range:${range}}`;
  });
  faces.set(subset, rules.join('\n'));
  return rules.join('\n');
}
