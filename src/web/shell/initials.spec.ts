import { expect, it } from 'vitest';
import { initials } from './initials.js';

it.each([
  ['Jo Díaz', 'JD'],
  ['Maria del Carmen Ruiz', 'MR'],
  ['owner@lumen.example', 'O'],
  ['Özge', 'Ö'],
  ['O\u0308zge', 'O\u0308'],
  ['𐐷ohn', '𐐏'],
  ['123', '?'],
  ['', '?'],
])('%s is %s', (name, letters) => {
  expect(initials(name)).toBe(letters);
});
