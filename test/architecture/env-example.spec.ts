import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONNECTORS } from '../../src/connectors/index.js';
import { launcherVariables, operatorVariables } from '../../src/platform/config/environment-schema.js';

const lines = readFileSync('.env.example', 'utf8').split('\n');
const listed = lines.map((line) => /^([A-Z][A-Z0-9_]*)=/.exec(line)?.[1]).filter((name) => name !== undefined);

describe('.env.example', () => {
  it('lists every variable of every schema once, and no other', () => {
    const schemas = [operatorVariables, launcherVariables, ...CONNECTORS.map(({ descriptor }) => descriptor.environment)];
    expect(listed.toSorted()).toEqual(schemas.flatMap((schema) => Object.keys(schema.shape)).toSorted());
  });

  it('says in one line what each is for', () => {
    for (const line of lines.filter((text) => /^[A-Z]/.test(text))) expect(line).toMatch(/^[A-Z0-9_]+=\S* *# \S.*$/);
  });
});
