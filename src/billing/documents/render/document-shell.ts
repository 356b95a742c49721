import { readableAccent } from './accent.js';
import type { Brand, DocumentLocale, PageSize } from './brand.js';
import { fontFaces } from './fonts.js';
import { originMarker } from './line-marker.js';

/** Whole CSS pixels (multiples of 0.75 pt), so that Chromium does not round the margin away from what the origin marker says. */
const MARGIN = { topPt: 48, leftPt: 54, bottomPt: 60 } as const;
const SHEETS: Readonly<Record<PageSize, string>> = { letter: '8.5in 11in', a4: '210mm 297mm' };
/** Nothing is fetched and nothing runs, whatever a template or a name contains. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'";

export interface ShellInput {
  body: string;
  css: string;
  /** Document title, and what stands before the page number. */
  title: string;
  locale: DocumentLocale;
  brand: Brand;
}

/** A whole self-contained page around a rendered body. Chromium prints exactly this and may load nothing else. */
export function documentShell(input: ShellInput): string {
  const { body, brand, title } = input;
  // Throws unless the accent is '#rrggbb', so it goes into the stylesheet as it is.
  const accentInk = readableAccent(brand.accent);
  return `<!doctype html>
<html lang="${input.locale}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(`${title} · ${brand.sellerName}`)}</title>
<style>
${fontFaces(`${body}${title}${brand.footer ?? ''}${brand.sellerName}`)}
:root{--accent:${brand.accent};--accent-ink:${accentInk}}
${pageRule(input)}
${input.css}
.destinations{position:absolute;top:0;left:0;width:0;height:0;overflow:hidden;visibility:hidden}
</style>
</head>
<body>
${destinations(body)}
${body}
</body>
</html>
`;
}

function pageRule({ brand, title }: ShellInput): string {
  const type = "font:8.25pt/1.4 'Source Sans 3','Noto Emoji',sans-serif;color:#5b636d;vertical-align:top;padding-top:18pt";
  return `@page{size:${SHEETS[brand.pageSize]};margin:${MARGIN.topPt}pt ${MARGIN.leftPt}pt ${MARGIN.bottomPt}pt;
@bottom-left{content:${cssString(brand.footer ?? brand.sellerName)};${type};width:65%;text-align:left}
@bottom-right{content:${cssString(`${title} · Page `)} counter(page) ' of ' counter(pages);${type};
width:35%;text-align:right;font-variant-numeric:tabular-nums}}`;
}

/**
 * Chromium writes a named destination for an element only if something links to it. These links are never painted, so the
 * reader of the PDF meets no link, and each marker is found in the bytes.
 */
function destinations(body: string): string {
  const origin = originMarker(MARGIN);
  const ids = [origin, ...[...body.matchAll(/ id="([sz]\.[a-z]\.[A-Za-z0-9_-]*)"/g)].map((match) => match[1] ?? '')];
  const links = ids.map((id) => `<a href="#${id}"></a>`).join('');
  return `<i class="start" id="${origin}"></i><div class="destinations" aria-hidden="true">${links}</div>`;
}

/** Any text as a CSS string: whatever could end the string or the style element is written as a code point. */
function cssString(text: string): string {
  return `'${text.replace(/[^A-Za-z0-9 .,·-]/gu, (character) => `\\${(character.codePointAt(0) ?? 0).toString(16)} `)}'`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
