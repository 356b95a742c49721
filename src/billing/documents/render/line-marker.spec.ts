import { describe, expect, it } from 'vitest';
import { markerFor, originMarker, readMarker, readOrigin } from './line-marker.js';

describe('line markers', () => {
  it.each(['time:90511', 'product:33107', 'a b#"<>/%\u00e9🚀', ''])('carry any line key through names of a safe alphabet: %s', (key) => {
    const { start, end } = markerFor('detail', key);
    expect(start).toMatch(/^[A-Za-z0-9._-]+$/);
    expect(readMarker(start)).toEqual({ edge: 'start', part: 'detail', key });
    expect(readMarker(end)).toEqual({ edge: 'end', part: 'detail', key });
  });

  it('leave other destinations alone', () => {
    expect(readMarker('chapter-1')).toBeUndefined();
    expect(readOrigin('s.t.')).toBeUndefined();
  });

  it('say where the content begins on the sheet', () => {
    expect(readOrigin(originMarker({ leftPt: 54, topPt: 48, bottomPt: 60 }))).toEqual({ leftPt: 54, topPt: 48, bottomPt: 60 });
  });
});
