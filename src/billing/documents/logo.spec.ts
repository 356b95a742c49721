import { describe, expect, it } from 'vitest';
import { LOGO_LIMIT_BYTES, checkedLogoType } from './logo.js';

const png = (side: string) => Buffer.from(`89504e470d0a1a0a0000000d49484452${side}${side}08060000`, 'hex');
const jpeg = (side: string) => Buffer.from(`ffd8ffe00004aabbffc0001108${side}${side}03010203`, 'hex');
const [PNG, JPEG] = [png('00000064'), jpeg('0064')];
const svg = (inside: string) => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">${inside}</svg>`);

describe('a logo', () => {
  it.each([
    ['image/png', PNG],
    ['image/jpeg', JPEG],
    ['image/svg+xml', svg('<path d="M0 0h10v10"/>')],
    ['image/svg+xml', Buffer.from(`\uFEFF<?xml version="1.0"?>\n<!-- drawn by hand -->\n${svg('').toString()}`)],
    [
      'image/svg+xml',
      Buffer.from(
        `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">${svg('').toString()}`,
      ),
    ],
    ['image/svg+xml', svg('<linearGradient id="a"/><path fill="url(#a)"/><use href="#b"/>')],
    ['image/svg+xml', svg('<image href="data:image/png;base64,AAAA"/>')],
  ])('is what its bytes say: %s (%#)', (type, bytes) => {
    expect(checkedLogoType(bytes)).toBe(type);
  });

  it.each([['GIF89a'], ['%PDF-1.7'], ['<html><body><svg></svg></body></html>'], ['just text with <svg> in it'], ['\u0000\u0001'], ['']])(
    'is not %j',
    (text) => {
      expect(() => checkedLogoType(Buffer.from(text))).toThrow('not a PNG, JPEG or SVG');
    },
  );

  it.each([
    ['<script>alert(1)</script>', 'a script'],
    ['<SCRIPT/>', 'a script'],
    ['<svg:script/>', 'a script'],
    ['<rect onload="alert(1)"/>', 'a script'],
    ['<rect/onclick=alert(1)>', 'a script'],
    ['<a href="javascript:alert(1)"/>', 'a script'],
    ['<a xlink:href="&#106;avascript:alert(1)"/>', 'a script'],
    ['<foreignObject><body/></foreignObject>', 'no drawing'],
    ['<image href="https://evil.example/a.png"/>', 'loaded from elsewhere'],
    ["<image xlink:href='//evil.example/a.png'/>", 'loaded from elsewhere'],
    ['<image href="data:image/svg+xml;base64,AAAA"/>', 'loaded from elsewhere'],
    ['<use href="other.svg#a"/>', 'loaded from elsewhere'],
    ['<rect fill="url(https://evil.example/#a)"/>', 'loaded from elsewhere'],
    ['<desc><![CDATA[<!--]]></desc><script/><desc><![CDATA[-->]]></desc>', 'a script'],
    ['<style>@import "a.css"</style>', 'loaded from elsewhere'],
  ])('may not hold %s', (inside, what) => {
    expect(() => checkedLogoType(svg(inside))).toThrow(what);
  });

  it.each(['<text>Lumen</text>', '<svg:text/>', '<g><textPath href="#a"/></g>'])(
    'may not be set in a font that is not there: %s',
    (inside) => {
      expect(() => checkedLogoType(svg(inside))).toThrow('Turn the text into shapes');
      expect(checkedLogoType(svg('<title>text</title><desc>a text</desc>'))).toBe('image/svg+xml');
    },
  );

  it('may not define names of its own', () => {
    const bomb = Buffer.from(`<!DOCTYPE svg [<!ENTITY a "b">]>${svg('&a;').toString()}`);
    expect(() => checkedLogoType(bomb)).toThrow('a document type');
    expect(() => checkedLogoType(Buffer.from(`<?xml-stylesheet href="a.css"?>${svg('').toString()}`))).toThrow('not a PNG');
  });

  it('fits into 1 MB', () => {
    expect(() => checkedLogoType(Buffer.concat([PNG, Buffer.alloc(LOGO_LIMIT_BYTES)]))).toThrow('larger than 1 MB');
  });

  it('has no more pixels than a page needs, also inside a drawing, and a head that says how many', () => {
    const inside = (picture: Buffer) => svg(`<image href="data:image/png;base64,${picture.toString('base64')}"/>`);
    for (const bomb of [png('0000ffff'), jpeg('ffff'), inside(png('0000ffff'))])
      expect(() => checkedLogoType(bomb)).toThrow('too many pixels');
    expect(checkedLogoType(inside(PNG))).toBe('image/svg+xml');
    for (const head of [PNG.subarray(0, 12), JPEG.subarray(0, 6)]) expect(() => checkedLogoType(head)).toThrow('damaged');
  });

  it('does not repeat itself without end', () => {
    expect(checkedLogoType(svg('<use href="#a"/>'.repeat(20)))).toBe('image/svg+xml');
    for (const tag of ['use', 'svg:use', 'USE'])
      expect(() => checkedLogoType(svg(`<${tag} href="#a"/>`.repeat(21)))).toThrow('repeats its own parts');
  });
});
