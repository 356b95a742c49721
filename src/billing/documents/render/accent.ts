type Rgb = readonly [number, number, number];

/** WCAG AA for text of any size. */
const TEXT_CONTRAST = 4.5;
const STEP = 0.94;

/** @throws RangeError unless `colour` is '#rrggbb'. */
function parse(colour: string): Rgb {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!match) throw new RangeError(`"${colour}" is not a colour like #1f6feb`);
  return [channel(match[1]), channel(match[2]), channel(match[3])];
}

function channel(hex: string | undefined): number {
  return parseInt(hex ?? '0', 16);
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast of a colour on white paper, 1 to 21. */
export function contrastOnWhite(colour: string): number {
  return 1.05 / (luminance(parse(colour)) + 0.05);
}

/** The accent itself where it can be read on white, otherwise the same hue darkened until it can. */
export function readableAccent(colour: string): string {
  let rgb = parse(colour);
  while (1.05 / (luminance(rgb) + 0.05) < TEXT_CONTRAST) rgb = rgb.map((value) => Math.floor(value * STEP)) as unknown as Rgb;
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
