import { expect, it } from 'vitest';
import { sizeText, tableWords } from './data-words.js';

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [1_234_567, '1.2 MB'],
  [5_000_000_000_000_000, '5,000 TB'],
])('%i is %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

it.each([
  ['invoice', 'Invoices'],
  ['tenant_settings', 'Tenant settings'],
  ['reviewer.email', 'Reviewers of invoices: email'],
])('%s is called %s', (place, words) => {
  expect(tableWords(place)).toBe(words);
});
