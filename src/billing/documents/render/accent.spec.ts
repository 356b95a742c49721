import { describe, expect, it } from 'vitest';
import { contrastOnWhite, readableAccent } from './accent.js';

describe('accent', () => {
  it('measures contrast as WCAG does', () => {
    expect(contrastOnWhite('#000000')).toBeCloseTo(21, 5);
    expect(contrastOnWhite('#ffffff')).toBeCloseTo(1, 5);
    expect(contrastOnWhite('#777777')).toBeCloseTo(4.48, 2);
  });

  it('leaves a readable accent alone', () => {
    expect(readableAccent('#0f6b5c')).toBe('#0f6b5c');
  });

  it.each(['#f2b01e', '#ffffff', '#00ffff', '#777777'])('darkens %s until text in it can be read', (colour) => {
    const ink = readableAccent(colour);
    expect(ink).not.toBe(colour);
    expect(contrastOnWhite(ink)).toBeGreaterThanOrEqual(4.5);
    expect(contrastOnWhite(ink)).toBeLessThan(6);
  });

  it.each(['red', '#fff', '#12345g', '#123456;}', ''])('refuses "%s", which would otherwise stand in a stylesheet', (colour) => {
    expect(() => readableAccent(colour)).toThrow(RangeError);
  });
});
