import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RULES } from './index.js';

it('every rule has a file named after its key, and every file is asked', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^(?!index)[a-z-]+\.ts$/.test(name));
  expect(RULES.map(({ key }) => `${key}.ts`).toSorted()).toEqual(files.toSorted());
});

it('a rule says in words what it is', () => {
  for (const { label } of RULES) expect(label).toMatch(/^[A-Z][a-z]+( [a-z]+)+$/);
});
