import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { redrawPicture, type PictureLimits } from './picture-process.js';

const svg = (inside: string, head = 'viewBox="0 0 100 50"') =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${head}>${inside}</svg>`);
const RED = '<rect width="50" height="50" fill="#f00"/>';
const generous: PictureLimits = { cpuSeconds: 60, megabytes: 2_000, patienceMs: 120_000 };

/** Each mask is drawn twice for the next one, so that each level doubles the work; 26 would take days anywhere. */
function masks(levels: number): Buffer {
  const inner = (level: number) => `<rect width="9" height="9" fill="#fff" mask="url(#m${level})"/>`;
  const defs = Array.from(
    { length: levels },
    (_, level) => `<mask id="m${level}">${level === 0 ? RED : inner(level - 1).repeat(2)}</mask>`,
  );
  return svg(`<defs>${defs.join('')}</defs><rect width="100" height="100" mask="url(#m${levels - 1})"/>`);
}

const BOMB = masks(26);

const pixels = { width: 600, height: 300, channels: 3, noise: { type: 'gaussian', mean: 128, sigma: 30 } } as const;
const NOISE = sharp({ create: { ...pixels, background: '#fff' } });
const PNG = await NOISE.clone().png().toBuffer();
const JPEG = await NOISE.clone()
  .jpeg()
  .withMetadata({ exif: { IFD0: { Copyright: 'secret' } } })
  .toBuffer();

describe('a picture', () => {
  it('is a drawing as large as it is printed at 600 dots to the inch, with what was transparent', async () => {
    const { bytes, type } = await redrawPicture(svg(RED), 'image/svg+xml');
    const { width, height, hasAlpha, format } = await sharp(bytes).metadata();
    expect({ type, format, width, height, hasAlpha }).toEqual({
      type: 'image/png',
      format: 'png',
      width: 800,
      height: 400,
      hasAlpha: true,
    });
    const raw = await sharp(bytes).raw().toBuffer();
    // Sharp to the pixel: the drawing was scaled, not its pixels.
    const at = (x: number) => [...raw.subarray((200 * 800 + x) * 4, (200 * 800 + x) * 4 + 4)];
    expect([at(399), at(401)]).toEqual([
      [255, 0, 0, 255],
      [0, 0, 0, 0],
    ]);
  });

  it.each([
    ['width="40000" height="20000"', 800],
    ['width="1" height="0.5" viewBox="0 0 100 50"', 800],
    ['viewBox="0 0 10000 100"', 1_584],
  ])('has the size of its place whatever its drawing says: %s', async (head, width) => {
    expect((await sharp((await redrawPicture(svg(RED, head), 'image/svg+xml', generous)).bytes).metadata()).width).toBe(width);
  });

  it('is written anew, and holds nothing but its pixels', async () => {
    const tail = Buffer.from('PK\u0003\u0004 something else that was tied to it');
    for (const [before, type] of [
      [PNG, 'image/png'],
      [JPEG, 'image/jpeg'],
    ] as const) {
      const after = await redrawPicture(Buffer.concat([before, tail]), type);
      expect(after.type).toBe(type);
      expect(after.bytes.includes('something else')).toBe(false);
      expect(await sharp(after.bytes).metadata()).toMatchObject({ width: 600, height: 300, hasProfile: false });
      expect((await sharp(after.bytes).metadata()).exif).toBeUndefined();
    }
  });

  it('is never larger than it is printed, and upright', async () => {
    const wide = await sharp({ create: { width: 4_000, height: 2_000, channels: 3, background: '#00f' } })
      .png()
      .toBuffer();
    expect(await sharp((await redrawPicture(wide, 'image/png')).bytes).metadata()).toMatchObject({ width: 800, height: 400 });
    const turned = await sharp(JPEG).withMetadata({ orientation: 6 }).toBuffer();
    expect(await sharp((await redrawPicture(turned, 'image/jpeg')).bytes).metadata()).toMatchObject({ width: 200, height: 400 });
  });

  it.each([
    ['a PNG cut in half', PNG.subarray(0, PNG.length / 2), 'image/png'],
    ['a PNG that ends a little early', PNG.subarray(0, -40), 'image/png'],
    ['a JPEG cut in half', JPEG.subarray(0, JPEG.length / 2), 'image/jpeg'],
    ['a JPEG that ends a little early', JPEG.subarray(0, -400), 'image/jpeg'],
    ['a PNG of nothing but a head', PNG.subarray(0, 33), 'image/png'],
    ['an SVG that is no XML', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect></svg>'), 'image/svg+xml'],
    ['an SVG cut in half', svg(RED.repeat(9)).subarray(0, 200), 'image/svg+xml'],
    ['an SVG with a name of its own', svg('&nbsp;'), 'image/svg+xml'],
  ] as const)('is refused when it is damaged: %s', async (_what, bytes, type) => {
    await expect(redrawPicture(bytes, type, generous)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('is damaged') as string,
      facts: { field: 'logo' },
    });
  });

  it('that would be drawn for ever ends its process instead', async () => {
    expect(BOMB.length).toBeLessThan(5_000);
    await expect(redrawPicture(BOMB, 'image/svg+xml')).rejects.toThrow('more than 2 seconds');
  });

  it('that takes more memory than it may ends its process instead', async () => {
    await expect(redrawPicture(BOMB, 'image/svg+xml', { ...generous, megabytes: 20 })).rejects.toThrow('of memory');
  });

  it('whose process hangs is not waited for', async () => {
    await expect(redrawPicture(BOMB, 'image/svg+xml', { ...generous, patienceMs: 1 })).rejects.toThrow('more than 2 seconds');
  });

  it('unpacks to no more pixels than a page needs, whatever was let through before', async () => {
    const bomb = await sharp({ create: { width: 5_000, height: 2_500, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    await expect(redrawPicture(bomb, 'image/png', generous)).rejects.toMatchObject({ kind: 'invalid' });
  });
});
