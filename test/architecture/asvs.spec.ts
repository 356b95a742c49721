/** Goal: docs/asvs-5.json answers every requirement of OWASP ASVS 5.0.0 at levels 1 and 2, and each test that it names is there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ASVS_LEVELS } from './house/asvs-ids.js';
import { asvsProblems, type AsvsRow } from './house/asvs-rules.js';

const rows = JSON.parse(readFileSync('docs/asvs-5.json', 'utf8')) as AsvsRow[];
const changed = (id: string, change: object): object[] => rows.map((row) => (row.id === id ? { ...row, ...change } : row));

describe('the table of ASVS 5', () => {
  it('answers all 253 requirements of both levels, with tests that exist', () => {
    expect(ASVS_LEVELS.size).toBe(253);
    expect([...ASVS_LEVELS.values()].filter((level) => level === 1)).toHaveLength(70);
    expect(asvsProblems(rows)).toEqual([]);
  });

  it('is counted rightly where it is summed up', () => {
    const count = (status: AsvsRow['status']): number => rows.filter((row) => row.status === status).length;
    const [met, partly, not, off] = [count('met'), count('partly'), count('not met'), count('not applicable')];
    expect(readFileSync('docs/security.md', 'utf8')).toContain(`${met} met, ${partly} partly, ${not} not met, ${off} not applicable`);
  });

  it.each([
    ['without a requirement', rows.slice(1), 'V1.1.1 is missing'],
    ['with one twice', [...rows, rows[0]], 'V1.1.1 is there twice'],
    ['with one of its own', changed('V1.1.1', { id: 'V1.1.9' }), 'V1.1.9 is no requirement of level 1 or 2'],
    ['at another level', changed('V1.1.1', { level: 1 }), 'V1.1.1 is of level 2'],
    ['with another word for met', changed('V1.1.1', { status: 'fine' }), /^0\.status: /],
    ['with a field of its own', changed('V1.1.1', { note: 'x' }), /Unrecognized key/],
    ['met by nothing', changed('V1.1.2', { tests: [] }), 'V1.1.2 is met and names neither a test nor a document'],
    ['met by words alone', changed('V1.1.2', { tests: [], how: 'Document: somewhere.' }), /names neither a test nor a document/],
    ['with a document that is gone', changed('V1.1.2', { how: 'Document: `docs/gone.md`.' }), 'V1.1.2: docs/gone.md does not exist'],
    ['with a test file that is gone', changed('V1.1.2', { tests: ['test/gone.spec.ts › x'] }), 'V1.1.2: test/gone.spec.ts does not exist'],
    [
      'with a test that is gone',
      changed('V1.1.2', { tests: ['test/attack/csrf.spec.ts › gone'] }),
      'V1.1.2: test/attack/csrf.spec.ts has no test "gone"',
    ],
    ['with a test and no title', changed('V1.1.2', { tests: ['test/attack/csrf.spec.ts'] }), /is not written as file › title/],
    ['open and tested', changed('V5.4.3', { tests: ['test/attack/csrf.spec.ts › reading'] }), 'V5.4.3 is not met and names tests'],
  ] as const)('would be seen to be wrong %s', (_name, planted, problem) => {
    expect(asvsProblems(planted)).toContainEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  });
});
