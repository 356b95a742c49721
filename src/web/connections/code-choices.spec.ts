import { describe, expect, it } from 'vitest';
import { categoryChoices, codeEdits, missingCodes, taxChoices, type CodeFacts } from './code-choices.js';

const mapping = (kind: 'category' | 'tax', key: string, code: string) => ({ kind, key, code, setBy: 'Jo', updatedAt: '' });
const CATEGORIES = ['service', 'agreement', 'product', 'expense', 'discount', 'down_payment', 'adjustment'];

const FACTS: CodeFacts = {
  label: 'Books',
  codes: {
    categories: [
      { code: '200', name: 'Sales', active: true },
      { code: '210', name: 'Old', active: false },
    ],
    taxes: [{ code: 'OUTPUT', name: 'GST', rate: '10', active: true }],
  },
  taxes: [{ code: 'FL', label: 'Florida 6%' }],
  mappings: [
    ...CATEGORIES.map((key) => mapping('category', key, '200')),
    mapping('tax', 'taxable', 'OUTPUT'),
    mapping('tax', 'exempt', 'OUTPUT'),
  ],
};

describe('codes', () => {
  it('offer what is active, and say nothing where all is well', () => {
    const [service] = categoryChoices(FACTS);
    expect(service).toEqual({
      key: 'service',
      label: 'Services',
      help: 'Time on tickets and projects',
      none: 'Not mapped',
      value: '200',
      options: [{ value: '200', label: '200 Sales', selected: true }],
    });
    expect(missingCodes(FACTS)).toBe(0);
  });

  it('keep showing one that is gone, and say so', () => {
    const mappings = FACTS.mappings.map((one) => (one.key === 'product' ? { ...one, code: '210' } : one));
    const product = categoryChoices({ ...FACTS, mappings }).find(({ key }) => key === 'product');
    expect(product?.options[0]).toEqual({ value: '210', label: '210', selected: true });
    expect(product?.problem).toBe('Books has no active code "210" any more. Pick another, or restore it there.');
    expect(missingCodes({ ...FACTS, mappings })).toBe(1);
  });

  it('say what comes of having none, but not of a tax that has its fall-back', () => {
    const bare = { ...FACTS, mappings: [] };
    expect(missingCodes(bare)).toBe(CATEGORIES.length + 2);
    expect(taxChoices(bare).map(({ key, none }) => [key, none])).toEqual([
      ['taxable', 'Not mapped'],
      ['exempt', 'Not mapped'],
      ['FL', 'As taxed lines'],
    ]);
  });

  it('claim nothing before the ledger was looked at', () => {
    expect(missingCodes({ ...FACTS, codes: undefined })).toBe(0);
  });

  it('of a form: only what differs, and nothing strange', () => {
    const form = {
      'category.service': '200',
      'category.product': '',
      'tax.FL': 'OUTPUT',
      'other.x': '1',
      'tax.': 'x',
      'tax.taxable': ['a', 'b'],
    };
    expect(codeEdits(form, FACTS.mappings)).toEqual([
      { kind: 'category', key: 'product', code: null },
      { kind: 'tax', key: 'FL', code: 'OUTPUT' },
    ]);
  });
});
