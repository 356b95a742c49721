import { describe, expect, it } from 'vitest';
import { isTooLarge, pictureSize } from './picture-size.js';

const JPEG = 'ffd8' + 'ffe000104a46494600010100000100010000' + 'ffc40006aabbccdd' + 'ffff' + 'c2001108012c02580301';

describe('the size of a picture', () => {
  it('stands in its head', () => {
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');
    expect(pictureSize(png)).toEqual({ width: 1, height: 1 });
    expect(pictureSize(Buffer.from(JPEG, 'hex'))).toEqual({ width: 600, height: 300 });
  });

  it.each(['', 'ffd8', 'ffd8ffd9', 'ffd8ffe0ffff00', 'ffd8ffe00000000000000000', '89504e470d0a1a0a0000000d', '474946383961'])(
    'is unknown where there is no head: %s',
    (hex) => expect(pictureSize(Buffer.from(hex, 'hex'))).toBeUndefined(),
  );

  it('is too large beyond what a page needs', () => {
    expect([isTooLarge({ width: 5_000, height: 2_400 }), isTooLarge({ width: 4_000, height: 3_000 })]).toEqual([false, false]);
    expect([
      isTooLarge({ width: 5_001, height: 1 }),
      isTooLarge({ width: 1, height: 60_000 }),
      isTooLarge({ width: 4_000, height: 4_000 }),
    ]).toEqual([true, true, true]);
  });
});
