import { expect, it } from 'vitest';
import { hashCode, isCode, newCode } from './code-hash.js';

it('makes six digits, with their leading zeros', () => {
  const codes = Array.from({ length: 2_000 }, newCode);
  expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
  expect(codes.some((code) => code.startsWith('0'))).toBe(true);
});

it('knows the code again as people type it, and no other', async () => {
  const kept = await hashCode('012345');
  expect(await isCode('012345', kept)).toBe(true);
  expect(await isCode(' 012 345 ', kept)).toBe(true);
  expect(await isCode('012346', kept)).toBe(false);
  expect(await isCode('12345', kept)).toBe(false);
  expect(await isCode('', kept)).toBe(false);
  expect(await isCode('012345', undefined)).toBe(false);
  expect((await hashCode('012345')).hash).not.toEqual(kept.hash);
});
