import { describe, expect, it } from 'vitest';
import { cutDays, withoutSpec } from './house/domain-specs.js';
import { typescriptIn } from './house/source-files.js';

const sources = typescriptIn('src');

describe('every file of domain that does something', () => {
  it('has a spec beside it', () => {
    expect(sources.filter(({ path }) => path.startsWith('src/domain/')).length).toBeGreaterThan(30);
    expect(withoutSpec(sources)).toEqual([]);
  });

  it('would be seen to have none', () => {
    const types = "import type { A } from './a.js';\nexport interface B { a: A }\ntype C = B;\nexport type { C };";
    expect(
      withoutSpec([
        { path: 'src/domain/types.ts', text: types },
        { path: 'src/domain/bare.ts', text: `${types}\nexport const KINDS = ['a'] as const;` },
        { path: 'src/domain/rules/bare.ts', text: 'export function a(): void {}' },
        { path: 'src/domain/tested.ts', text: 'export const a = 1;' },
        { path: 'src/domain/tested.spec.ts', text: '' },
        { path: 'src/web/bare.ts', text: 'export const a = 1;' },
      ]),
    ).toEqual(['src/domain/bare.ts', 'src/domain/rules/bare.ts']);
  });
});

describe('an instant', () => {
  it('becomes a day only in a named zone', () => {
    expect(sources.flatMap(cutDays)).toEqual([]);
  });

  it.each([
    'now.toISOString().slice(0, 10)',
    'at.toISOString().substring(0, 10)',
    'addDays(at.toISOString(), -1)',
    'civilDate(at.toISOString())',
  ])('would be seen to be cut: %s', (text) => {
    expect(cutDays({ path: 'src/a.ts', text: `\nconst day = ${text};` })).toEqual(['src/a.ts:2: an instant cut to a day of no named zone']);
  });

  it.each(['text.slice(0, 10)', 'at.toISOString().slice(0, 19)', "addDays(dayIn('UTC', at), 1)", 'civilDate(row.TxnDate)'])(
    'may be used so: %s',
    (text) => {
      expect(cutDays({ path: 'src/a.ts', text })).toEqual([]);
    },
  );
});
