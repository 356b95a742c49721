import { Refusal } from '../../domain/refusal.js';
import type { UploadType } from './picture-process.js';
import { isTooLarge, pictureSize } from './picture-size.js';

export const LOGO_LIMIT_BYTES = 1_000_000;

/** Each may hold others, so that twenty already draw a thousand; what drawing programs export has a handful. */
const MOST_USES = 20;
const TOO_MANY_PIXELS = 'This logo has too many pixels. Export it with at most 5,000 on a side and 12 million in all.';
const EXPORT_PLAIN = 'Export it as a plain SVG, or as PNG.';

/** Fonts are not embedded in a drawing, and the one it names is hardly ever on the machine that draws it. */
const TEXT = /<(?:[\w-]+:)?(?:text|textpath)\b/i;
const HOLDS_TEXT =
  'This SVG holds text, which would be printed in another font. Turn the text into shapes ("convert to outlines") and export it anew, or export a PNG.';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/** What may run, load something or define names of its own. When the picture is drawn none of it works: it would print otherwise than it looks. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/<!doctype|<!entity|<\?xml-stylesheet/i, 'a document type or a stylesheet of its own'],
  [/<(?:[\w-]+:)?script\b/i, 'a script'],
  [/<(?:[\w-]+:)?(?:foreignobject|iframe|object|embed|audio|video|handler|listener)\b/i, 'something that is no drawing'],
  [/[\s"'/]on\w+\s*=/i, 'a script'],
  [/javascript\s*:/i, 'a script'],
  [/\b(?:href|src)\s*=\s*(?!["']?\s*(?:#|data:image\/(?:png|jpeg);))/i, 'something that is loaded from elsewhere'],
  [/url\(\s*(?!["']?\s*#)/i, 'something that is loaded from elsewhere'],
  [/@import|@font-face/i, 'something that is loaded from elsewhere'],
];

/** What these bytes are, by themselves and not by what a browser calls them; they are not decoded yet. @throws Refusal 'invalid' with field 'logo' */
export function checkedLogoType(bytes: Buffer): UploadType {
  if (bytes.length > LOGO_LIMIT_BYTES) throw refused('This logo is larger than 1 MB. Export it smaller.');
  if (bytes.subarray(0, PNG.length).equals(PNG)) return ofFairSize(bytes, 'image/png');
  if (bytes.subarray(0, JPEG.length).equals(JPEG)) return ofFairSize(bytes, 'image/jpeg');
  const drawing = svgText(bytes);
  if (drawing === undefined) throw refused('This is not a PNG, JPEG or SVG picture. Export the logo as one of these.');
  if (TEXT.test(drawing)) throw refused(HOLDS_TEXT);
  const found = FORBIDDEN.find(([pattern]) => pattern.test(drawing));
  if (found) throw refused(`This SVG holds ${found[1]}, which a logo may not. ${EXPORT_PLAIN}`);
  if ((drawing.match(/<(?:[\w-]+:)?use\b/gi) ?? []).length > MOST_USES)
    throw refused(`This SVG repeats its own parts too often. ${EXPORT_PLAIN}`);
  if (picturesIn(drawing).some((size) => size !== undefined && isTooLarge(size))) throw refused(TOO_MANY_PIXELS);
  return 'image/svg+xml';
}

function ofFairSize(bytes: Buffer, type: UploadType): UploadType {
  const size = pictureSize(bytes);
  if (size === undefined) throw refused('This picture is damaged. Export the logo anew.');
  if (isTooLarge(size)) throw refused(TOO_MANY_PIXELS);
  return type;
}

function picturesIn(drawing: string): ReturnType<typeof pictureSize>[] {
  return [...drawing.matchAll(/data:image\/(?:png|jpeg);base64,([\w+/=\s]*)/gi)].map(([, text = '']) =>
    pictureSize(Buffer.from(text, 'base64')),
  );
}

/**
 * The text of an SVG document with numeric references resolved, so that nothing hides behind them. Comments stay in it: to
 * take them out without parsing could take out what stands between two of them.
 */
function svgText(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const start = text.replace(/^\s*<\?xml\s[^>]*\?>/, '').replace(/^(?:\s*<!--[\s\S]*?-->)+/, '');
  return /^\s*<(?:svg\b|!doctype\s+svg\b)/i.test(start) ? withoutPlainDoctype(resolved(text)) : undefined;
}

/** Drawing programs write the public SVG document type; without a part of its own it means nothing. */
function withoutPlainDoctype(text: string): string {
  return text.replace(/<!doctype\s+svg\s+public\s+"-\/\/W3C\/\/DTD SVG [\d.]+\/\/EN"\s+"[^"[\]]*"\s*>/i, '');
}

function resolved(text: string): string {
  return text.replaceAll(/&#(x[0-9a-f]+|\d+);?/gi, (whole, code: string) => {
    const point = /^x/i.test(code) ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 10);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function refused(message: string): Refusal {
  return new Refusal('invalid', message, { field: 'logo' });
}
