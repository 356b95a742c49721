import { expect, it } from 'vitest';
import { markerOf, marksOf } from './marker.js';

const document = { kind: 'invoice' as const, marker: 'CS-0199aaaa-1', reference: 'PO 77 [old]' };

it.each([
  { ...document, link: 'https://billing.example/i/1' },
  { ...document, link: 'http://localhost/i/1' },
  document,
  { ...document, kind: 'credit_note' as const, link: 'https://billing.example/i/1' },
  { ...document, reference: ' ' },
])('comes back from where it was put: %o', (given) => {
  const { url, reference } = marksOf(given);
  expect(markerOf({ Url: url, Reference: reference })).toBe('CS-0199aaaa-1');
});

it.each([{}, { Url: '', Reference: '' }, { Url: 'https://other.example/x', Reference: 'PO [77] b' }, { Reference: null, Url: null }])(
  'is not seen in %o',
  (foreign) => {
    expect(markerOf(foreign)).toBeUndefined();
  },
);
