import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('styles/tokens.css', import.meta.url), 'utf8');
const declared = new Map([...css.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name ?? '', value ?? '']));

const TEXT = 4.5;
const SHAPE = 3;
const MEANINGS = ['accent', 'error', 'warning', 'good'];
const PAPERS = ['surface', 'canvas', 'sunken'];

/** [text or shape, background, ratio that WCAG AA wants]: every pair the stylesheets put together. */
const PAIRS: [string, string, number][] = [
  ...PAPERS.flatMap((paper): [string, string, number][] => [
    ['text', paper, TEXT],
    ['text-muted', paper, TEXT],
    ...MEANINGS.map((meaning): [string, string, number] => [`${meaning}-text`, paper, TEXT]),
  ]),
  ...MEANINGS.flatMap((meaning): [string, string, number][] => [
    [`${meaning}-text`, `${meaning}-tint`, TEXT],
    ['text', `${meaning}-tint`, TEXT],
    ['text-muted', `${meaning}-tint`, TEXT],
    [`${meaning}-on-solid`, `${meaning}-solid`, TEXT],
    [`${meaning}-solid`, 'surface', SHAPE],
  ]),
  ['accent-on-solid', 'accent-solid-hover', TEXT],
  // The flag of an error and the tick of a clean invoice in the row that is open.
  ['error-text', 'accent-tint', TEXT],
  ['warning-text', 'accent-tint', TEXT],
  ['good-text', 'accent-tint', TEXT],
  // Toasts and counters are the theme turned round.
  ['neutral-0', 'neutral-7', TEXT],
  ['neutral-0', 'neutral-6', TEXT],
  // The edge of an input is what says that it is one.
  ['control-line', 'surface', SHAPE],
  ['control-line', 'canvas', SHAPE],
];

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  it.each(PAIRS)('%s on %s reaches %s', (front, back, wanted) => {
    expect(contrast(colour(front, theme), colour(back, theme))).toBeGreaterThanOrEqual(wanted);
  });
});

it('the measure itself knows black on white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

it('no text colour is left out', () => {
  const checked = new Set(PAIRS.map(([front]) => front));
  const texts = [...declared.keys()].filter((name) => /(^|-)(text|text-muted|on-solid)$/.test(name));
  expect(texts.filter((name) => !checked.has(name))).toEqual([]);
});

function colour(name: string, theme: 'light' | 'dark'): string {
  const value = declared.get(name);
  const alias = /^var\(--([\w-]+)\)$/.exec(value ?? '')?.[1];
  if (alias !== undefined) return colour(alias, theme);
  const [, light, dark] = /^light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)$/.exec(value ?? '') ?? [];
  const hex = theme === 'light' ? light : dark;
  if (hex === undefined) throw new Error(`--${name} is "${value}", not light-dark(#rrggbb, #rrggbb)`);
  return hex;
}

/** WCAG 2.2, relative luminance. */
function contrast(a: string, b: string): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
