import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = join(dirname(createRequire(import.meta.url).resolve('lucide-static/package.json')), 'icons');
const shapes = new Map<string, string>();

/** An icon of the set as inline SVG; silent for screen readers unless it has a label. @throws when the set has none of that name. */
export function iconSvg(name: string, label?: string): string {
  const meaning = label === undefined ? 'aria-hidden="true"' : `role="img" aria-label="${escapeAttribute(label)}"`;
  const title = label === undefined ? '' : `<title>${escapeAttribute(label)}</title>`;
  return (
    `<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" ` +
    `${meaning}>${title}${shapeOf(name)}</svg>`
  );
}

function shapeOf(name: string): string {
  const known = shapes.get(name);
  if (known !== undefined) return known;
  if (!/^[a-z0-9-]+$/.test(name)) throw new RangeError(`"${name}" is not the name of an icon`);
  const file = readFileSync(join(folder, `${name}.svg`), 'utf8');
  const shape = file
    .slice(file.indexOf('>', file.indexOf('<svg')) + 1, file.lastIndexOf('</svg>'))
    .replaceAll(/\s*\n\s*/g, '')
    .trim();
  shapes.set(name, shape);
  return shape;
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
