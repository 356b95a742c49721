import type { Request } from 'express';
import { expect, it } from 'vitest';
import { themeOf } from './theme.js';

it.each([
  [undefined, 'auto'],
  ['theme=dark', 'dark'],
  ['countersign=1; theme=light; other=2', 'light'],
  ['theme=solarized', 'auto'],
  ['mytheme=dark', 'auto'],
])('%j is %s', (cookie, theme) => {
  expect(themeOf({ headers: { ...(cookie && { cookie }) } } as Request)).toBe(theme);
});
