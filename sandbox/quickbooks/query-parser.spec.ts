import { describe, expect, it } from 'vitest';
import { QboFault } from './fault-bodies.js';
import { parseQuery } from './query-parser.js';

const parse = (text: string) => parseQuery(text, '2026-11-02');
function refusal(text: string): { code: string; detail: string } {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof QboFault) return { code: error.code, detail: error.detail };
  }
  throw new Error(`accepted: ${text}`);
}

describe('the query language', () => {
  it('reads every operator, keywords in any case, and booleans bare', () => {
    const query = parse(
      "select * from invoice where a = 'x' And b < '1' AND c > '2' and d <= '3' and e >= '4' and f in ('5','6') and g LIKE '%y%' and h = true",
    );
    expect(query.where.map(({ operator }) => operator)).toEqual(['=', '<', '>', '<=', '>=', 'IN', 'LIKE', '=']);
    expect(query.where[5]?.values).toEqual(['5', '6']);
    expect(query.where[7]?.values).toEqual(['true']);
  });

  it('reads escapes: an apostrophe and a backslash', () => {
    expect(parse(String.raw`select * from Customer where DisplayName = 'O\'Brien \\ Sons'`).where[0]?.values).toEqual([
      String.raw`O'Brien \ Sons`,
    ]);
  });

  it('reads order, page, count and CURRENT_DATE', () => {
    expect(
      parse('SELECT * FROM Invoice WHERE DueDate < CURRENT_DATE ORDERBY Id DESC, TxnDate STARTPOSITION 101 MAXRESULTS 50'),
    ).toMatchObject({
      where: [{ values: ['2026-11-02'] }],
      orderBy: [
        { property: 'Id', descending: true },
        { property: 'TxnDate', descending: false },
      ],
      startPosition: 101,
      maxResults: 50,
    });
    expect(parse('select count(*) from Invoice').count).toBe(true);
    expect(parse('select * from Invoice')).toMatchObject({ startPosition: 1, maxResults: 100 });
  });

  it.each([
    "select * from Invoice where a = 'x' OR b = 'y'",
    "select * from Invoice where a != 'x'",
    'select Id, DocNumber from Invoice',
    "select * from Invoice where a = 'unfinished",
    String.raw`select * from Invoice where a = 'x\'`,
    'select * from Invoice where Balance > 0',
    'select * from Invoice where a = "x"',
    'selekt * from Invoice',
    '',
    'select * from Invoice group by a',
  ])('refuses with 4000: %s', (text) => {
    expect(refusal(text).code).toBe('4000');
  });

  it('refuses pages out of range with 4001 and the known words', () => {
    expect(refusal('select * from Invoice startposition 0')).toEqual({
      code: '4001',
      detail: 'QueryValidationError: value 0 is too small. Min allowed value is 1',
    });
    expect(refusal('select * from Invoice maxresults 1001').code).toBe('4001');
  });
});
