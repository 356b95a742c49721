/**
 * Goal: docs/security.md does not promise what nothing watches. Each mechanism is taken out of a copy of the sources, alone, and the
 * test that its row names has to fail, while it passes with the mechanism in place. `MECHANISMS='API keys,src/platform'` takes only what
 * stands in a row that begins so, or is watched by a test of which the path does.
 */
import { readFileSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promisesIn } from '../architecture/house/page-rules.js';
import { ACCESS } from './mechanisms/access.js';
import { DATA } from './mechanisms/data.js';
import { EDGE } from './mechanisms/edge.js';
import { EXCUSES } from './mechanisms/excuses.js';
import { ISOLATION } from './mechanisms/isolation.js';
import type { Mechanism } from './mechanisms/mechanism.js';
import { PEOPLE } from './mechanisms/people.js';
import { ScratchCopy } from './mechanisms/scratch-copy.js';

const ALL: readonly Mechanism[] = [...PEOPLE, ...ACCESS, ...ISOLATION, ...EDGE, ...DATA];
const wanted = (process.env['MECHANISMS'] ?? '').split(',').filter(Boolean);
const chosen = ALL.filter(
  ({ row, spec }) => wanted.length === 0 || wanted.some((start) => row.startsWith(start) || spec.startsWith(start)),
);
const rows = promisesIn(readFileSync('docs/security.md', 'utf8'));

let copy: ScratchCopy;
beforeAll(() => {
  copy = new ScratchCopy();
});
afterAll(() => copy.remove());

/** Past what collects the words of tests until they are over: somebody waits for an hour. */
function say(sentence: string): void {
  writeSync(2, `${new Date().toISOString().slice(11, 19)} ${sentence}\n`);
}

describe('docs/security.md', () => {
  it('has no row of which nothing is taken out and nobody says why', () => {
    const known = [...ALL, ...EXCUSES].map(({ row }) => row);
    const promises = rows.map(([promise = '']) => promise);
    expect(promises.filter((promise) => !known.some((row) => promise.startsWith(row)))).toEqual([]);
    for (const row of new Set(known)) expect([row, promises.filter((promise) => promise.startsWith(row)).length]).toEqual([row, 1]);
    expect(EXCUSES.filter(({ row }) => ALL.some((mechanism) => mechanism.row === row))).toEqual([]);
  });

  it('names in each row the test that watches it', () => {
    const cells = (row: string): string => rows.find(([promise = '']) => promise.startsWith(row))?.at(-1) ?? '';
    const unnamed = ALL.filter(({ row, spec, test }) => !cells(row).includes(`\`${spec} › ${test}`));
    expect(unnamed.map(({ row, spec, test }) => `${row}: ${spec} › ${test}`)).toEqual([]);
  });

  it('has mechanisms that are written in the sources as the list says', () => {
    const problems = ALL.flatMap(({ row, text }) => {
      try {
        copy.fileWith(text);
        return [];
      } catch (error) {
        return [`${row}: ${String(error)}`];
      }
    });
    expect(problems).toEqual([]);
  });
});

describe('with every mechanism in place', () => {
  it('passes each test that is asked below', async () => {
    const outcomes = await copy.run(chosen);
    const failing = chosen.flatMap(({ spec, test }, index) => {
      const { statuses = [], trouble = '' } = outcomes[index] ?? {};
      return statuses.length > 0 && statuses.every((status) => status === 'passed') ? [] : [{ spec, test, statuses, trouble }];
    });
    say(`in place: ${chosen.length - failing.length} of ${chosen.length} pass ${JSON.stringify(failing)}`);
    expect(failing).toEqual([]);
  });
});

describe('taken out', () => {
  it.each(chosen)('$row: $text is missed by $spec › $test', async (mechanism) => {
    const [outcome] = await copy.changed(mechanism, () => copy.run([mechanism]));
    const noticed = outcome?.statuses.includes('failed') === true && outcome.trouble === '';
    say(`${noticed ? 'missed' : 'NOT MISSED'} ${mechanism.row} | ${mechanism.text} | ${mechanism.spec} › ${mechanism.test}`);
    expect(outcome).toEqual({ statuses: expect.arrayContaining(['failed']) as unknown, trouble: '' });
  });
});
