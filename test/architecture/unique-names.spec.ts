import { describe, expect, it } from 'vitest';
import { typescriptIn } from './house/source-files.js';
import { doubleNames } from './house/unique-names.js';

describe('an exported name', () => {
  it('stands for one thing', () => {
    const files = typescriptIn('src');
    expect(files.length).toBeGreaterThan(300);
    expect(doubleNames(files)).toEqual([]);
  });

  const file = (path: string, text: string): { path: string; text: string } => ({ path, text });
  it('would be seen to stand for two', () => {
    const planted = [
      file('src/billing/a.ts', 'export interface InvoiceView { id: string }\nexport const total = 1;'),
      file('src/web/b.ts', 'export class InvoiceView {}\nexport function total(): number { return 2; }'),
      file('src/connectors/xero/c.ts', 'export type Answer = string;'),
      file('src/connectors/xero/map/d.ts', 'export type Answer = number;'),
    ];
    expect(doubleNames(planted)).toEqual([
      'Answer: src/connectors/xero/c.ts, src/connectors/xero/map/d.ts',
      'InvoiceView: src/billing/a.ts, src/web/b.ts',
      'total: src/billing/a.ts, src/web/b.ts',
    ]);
  });

  it.each([
    [file('src/connectors/xero/a.ts', 'export const rate = 1;'), file('src/connectors/quickbooks/a.ts', 'export const rate = 2;')],
    [file('src/connectors/xero/a.ts', 'export const rate = 1;'), file('src/domain/a.ts', 'export const rate = 2;')],
    [file('src/web/a.ts', 'export const rate = 1;'), file('src/web/a.spec.ts', 'export const rate = 2;')],
    [file('src/web/a.ts', 'export const rate = 1;'), file('src/web/b.ts', "export { rate } from './a.js';\nconst rate = 2;")],
    [file('src/domain/a.ts', 'export const rate = 1;\nexport type rate = number;'), file('src/web/b.ts', 'const rate = 2;')],
  ])('may be used again for the same thing, in another connector, or within a file (%#)', (one, other) => {
    expect(doubleNames([one, other])).toEqual([]);
  });
});
