import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = '@fontsource/noto-emoji';

export interface EmojiFaces {
  /** `@font-face` rules of 'Noto Emoji', with addresses relative to the stylesheet. */
  css: string;
  /** Name of the asset → file in a package. */
  files: Readonly<Record<string, string>>;
}

/**
 * Monochrome emoji for machines without any. The package cuts the face into slices and says which characters each one
 * holds; with these ranges a browser fetches a slice only when a page shows one of its characters in no earlier font.
 */
export function emojiFaces(modulesFolder: string): EmojiFaces {
  const ranges = JSON.parse(readFileSync(join(modulesFolder, PACKAGE, 'unicode.json'), 'utf8')) as Record<string, string>;
  const slices = Object.entries(ranges).map(([key, range]) => ({ slice: key.replace(/[[\]]/g, ''), range }));
  return {
    css: slices.map(({ slice, range }) => face(`fonts/emoji-${slice}.woff2`, range)).join(''),
    files: Object.fromEntries(
      slices.map(({ slice }) => [`fonts/emoji-${slice}.woff2`, `${PACKAGE}/files/noto-emoji-${slice}-400-normal.woff2`]),
    ),
  };
}

/** One weight serves all: a browser's own bolding would smear the drawings. */
function face(address: string, range: string): string {
  return `
@font-face {
  font-family: 'Noto Emoji';
  font-weight: 400 600;
  font-display: swap;
  src: url('${address}') format('woff2');
  unicode-range: ${range};
}
`;
}
