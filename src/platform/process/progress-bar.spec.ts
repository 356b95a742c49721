import { describe, expect, it } from 'vitest';
import { progressBar } from './progress-bar.js';

function written(isTTY: boolean, total: number): string[] {
  const lines: string[] = [];
  const show = progressBar('Keys', { isTTY, write: (text: string) => lines.push(text) });
  for (let done = 0; done <= total; done += 1) show(done, total);
  return lines;
}

describe('a progress bar', () => {
  it('moves within one line of a terminal and ends it', () => {
    const lines = written(true, 200);
    expect(lines).toHaveLength(101);
    expect(lines[50]).toBe(`\rKeys [${'#'.repeat(20)}${'-'.repeat(20)}] 50 % (100 of 200)`);
    expect(lines.at(-1)).toBe(`\rKeys [${'#'.repeat(40)}] 100 % (200 of 200)\n`);
  });

  it('writes eleven lines to a file', () => {
    expect(written(false, 1_000)).toHaveLength(11);
  });

  it('is full when there is nothing to do', () => {
    expect(written(false, 0)).toEqual([`Keys [${'#'.repeat(40)}] 100 % (0 of 0)\n`]);
  });
});
