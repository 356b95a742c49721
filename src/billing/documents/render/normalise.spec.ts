import { describe, expect, it } from 'vitest';
import { normalisePdf } from './normalise.js';

/** The parts of a Chromium print that change from run to run, in the spelling Chromium uses. */
function print(date: string, ids: [string, string], names: string): Buffer {
  return Buffer.from(
    `%PDF-1.4\n<</Producer (Skia/PDF m153)\n/CreationDate (D:${date}+00'00')\n/ModDate (D:${date}+00'00')>>\n` +
      `<</ID (node${ids[0]})>>\n<</ID (node${ids[1]})>>\n${names}\n\u00ff\u00fe binary`,
    'latin1',
  );
}

function names(...ids: string[]): string {
  const sorted = ids.toSorted();
  const refs: Record<string, string> = Object.fromEntries(ids.map((id, index) => [id, `${9 + index} 0 R`]));
  return `<</Limits [(node${sorted[0]}) (node${sorted.at(-1)})]\n/Names [${sorted.map((id) => `(node${id}) ${refs[id]}`).join(' ')}]>>`;
}

describe('normalisePdf', () => {
  it('takes clock and counter out of the bytes and keeps their length', () => {
    const first = print('20261102101112', ['00000012', '00000013'], names('00000012', '00000013'));
    const second = print('20271231235959', ['00000579', '00000580'], names('00000579', '00000580'));
    const normal = normalisePdf(first, '2026-11-02');
    expect(normal.equals(normalisePdf(second, '2026-11-02'))).toBe(true);
    expect(normal).toHaveLength(first.length);
    expect(normal.toString('latin1')).toContain("/CreationDate (D:20261102000000+00'00')");
    expect(normal.toString('latin1')).toContain('\u00ff\u00fe binary');
  });

  it('gives the same bytes when a fresh page numbered the elements in another order, and keeps the name tree sorted', () => {
    const fresh = normalisePdf(print('20261102101112', ['00000040', '00000004'], names('00000040', '00000004')), '2026-11-02');
    const used = normalisePdf(print('20261102101112', ['00000579', '00000580'], names('00000579', '00000580')), '2026-11-02');
    expect(fresh.toString('latin1')).toBe(used.toString('latin1'));
    expect(fresh.toString('latin1')).toContain(
      '/Limits [(node00000001) (node00000002)]\n/Names [(node00000001) 9 0 R (node00000002) 10 0 R]',
    );
  });

  it('blanks a trailer id', () => {
    const text = normalisePdf(Buffer.from('trailer <</ID [<0aF1> <99EE>]>>', 'latin1'), '2026-11-02').toString('latin1');
    expect(text).toBe('trailer <</ID [<0000> <0000>]>>');
  });

  it('refuses a print whose objects are packed, instead of letting it differ each time', () => {
    expect(() => normalisePdf(Buffer.from('<</Type /ObjStm>>', 'latin1'), '2026-11-02')).toThrow(/packs PDF objects/);
  });
});
