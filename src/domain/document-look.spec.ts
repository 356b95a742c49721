import { expect, it } from 'vitest';
import { documentLook } from './document-look.js';

it.each([
  [1, '2', 'invoice-v1.p1.b1.l2'],
  [12, '', 'invoice-v1.p1.b12.l'],
])('brand %i at location "%s" looks like %s', (brand, location, look) => {
  expect(documentLook(brand, location)).toBe(look);
});

it('changes with the brand and with the location', () => {
  expect(new Set([documentLook(1, '2'), documentLook(2, '2'), documentLook(1, '3'), documentLook(12, '')]).size).toBe(4);
});
