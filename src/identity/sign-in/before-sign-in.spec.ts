import { expect, it } from 'vitest';
import { ownPath } from './before-sign-in.js';

it.each([
  ['/invoices?q=1', '/invoices?q=1'],
  ['/invoices/../settings', '/settings'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/.//evil.example', '/'],
  ['/a/..//evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['', '/'],
  [undefined, '/'],
])('goes on to %s as %s', (address, path) => {
  expect(ownPath(address)).toBe(path);
});
