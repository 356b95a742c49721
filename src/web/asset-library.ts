import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The order is the cascade. */
const STYLES = [
  'tokens',
  'fonts',
  'base',
  'buttons',
  'fields',
  'marks',
  'feedback',
  'shell',
  'menu',
  'status',
  'page',
  'table',
  'settings',
  'audit',
  'plain',
  'list',
  'row',
  'overview',
  'invoice',
  'document',
  'review',
  'lines',
];

/** Name under /assets/<hash>/ → file in a package. */
const FROM_PACKAGES: Readonly<Record<string, string>> = {
  'vendor/htmx.js': 'htmx.org/dist/htmx.min.js',
  'vendor/pdf.mjs': 'pdfjs-dist/build/pdf.min.mjs',
  'vendor/pdf.worker.mjs': 'pdfjs-dist/build/pdf.worker.min.mjs',
  'vendor/webauthn.js': '@simplewebauthn/browser/dist/bundle/index.umd.min.js',
  'fonts/sans-400.woff2': '@fontsource/source-sans-3/files/source-sans-3-latin-400-normal.woff2',
  'fonts/sans-ext-400.woff2': '@fontsource/source-sans-3/files/source-sans-3-latin-ext-400-normal.woff2',
  'fonts/sans-600.woff2': '@fontsource/source-sans-3/files/source-sans-3-latin-600-normal.woff2',
  'fonts/sans-ext-600.woff2': '@fontsource/source-sans-3/files/source-sans-3-latin-ext-600-normal.woff2',
  'fonts/mono-400.woff2': '@fontsource/source-code-pro/files/source-code-pro-latin-400-normal.woff2',
  'fonts/mono-600.woff2': '@fontsource/source-code-pro/files/source-code-pro-latin-600-normal.woff2',
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.woff2': 'font/woff2',
};

export interface Asset {
  contentType: string;
  bytes: Buffer;
}

/** The folder of the hand-written assets; the same two levels above this file in src/ and in the build. */
const OWN_FOLDER = fileURLToPath(new URL('../../src/web/assets/', import.meta.url));

/**
 * Every stylesheet, script, font and worker of the pages, in memory. All of them share one hash over all contents, so
 * that modules may import each other by relative address and every address may be cached for ever.
 */
export class AssetLibrary {
  readonly hash: string;
  private readonly assets = new Map<string, Asset>();

  constructor(folder = OWN_FOLDER) {
    const modules = modulesFolder();
    const emoji = emojiFaces(modules);
    const styles = STYLES.map((name) => readFileSync(join(folder, 'styles', `${name}.css`)));
    this.add('app.css', Buffer.concat([...styles, Buffer.from(emoji.css)]));
    for (const name of readdirSync(join(folder, 'scripts'))) this.add(`scripts/${name}`, readFileSync(join(folder, 'scripts', name)));
    for (const name of readdirSync(join(folder, 'images'))) this.add(`images/${name}`, readFileSync(join(folder, 'images', name)));
    for (const [name, path] of Object.entries({ ...FROM_PACKAGES, ...emoji.files })) this.add(name, readFileSync(join(modules, path)));
    const sum = createHash('sha256');
    for (const [name, asset] of this.assets) sum.update(`${name}\n${asset.bytes.length}\n`).update(asset.bytes);
    this.hash = sum.digest('hex').slice(0, 16);
  }

  /** @throws RangeError for a name that is not served, so that a typing error never reaches a browser. */
  url(name: string): string {
    if (!this.assets.has(name)) throw new RangeError(`there is no asset "${name}"`);
    return `/assets/${this.hash}/${name}`;
  }

  get(name: string): Asset | undefined {
    return this.assets.get(name);
  }

  private add(name: string, bytes: Buffer): void {
    this.assets.set(name, { bytes, contentType: CONTENT_TYPES[extname(name)] ?? 'application/octet-stream' });
  }
}

function modulesFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('htmx.org/package.json')));
}

const PACKAGE = '@fontsource/noto-emoji';

interface EmojiFaces {
  /** `@font-face` rules of 'Noto Emoji', with addresses relative to the stylesheet. */
  css: string;
  /** Name of the asset → file in a package. */
  files: Readonly<Record<string, string>>;
}

/**
 * Monochrome emoji for machines without any. The package cuts the face into slices and says which characters each one
 * holds; with these ranges a browser fetches a slice only when a page shows one of its characters in no earlier font.
 */
function emojiFaces(modulesFolder: string): EmojiFaces {
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
