/** Goal: what docs/security.md promises can be looked up: every file and test that it names is there, and no promise is without a test. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pageProblems } from './house/page-rules.js';

const page = readFileSync('docs/security.md', 'utf8');
const table = (row: string): string => `| promise | mechanism | test |\n|---|---|---|\n${row}\n`;
const REAL = '`test/attack/csrf.spec.ts › reading`';

/** What the product promises by name; a row that is dropped from the page is missed. */
const THEMES = [
  'HSTS',
  'AES-256-GCM',
  'RLS',
  'SSO',
  'no passwords',
  'role checks at the API',
  'cookie flags',
  'rate limits',
  'append-only audit',
  'time-limited support access',
  'links with expiry and rotation',
  'step-up',
  'webhook verification',
  'no write on failure',
  'row locks and idempotent payment marking',
  'singleton locks on scheduled work',
  'refusal to boot',
  'API keys hashed',
  'audit CSV',
  'hard delete',
  'CSRF',
  'security headers',
  'sign out everywhere',
  'redirect allow-list',
  'parameterised SQL',
  'output escaping',
  'dependency scanning',
  'secret scanning',
  'data residency',
  'IDOR',
  'SSRF',
];

describe('docs/security.md', () => {
  it('names files and tests that exist, and a test for every promise', () => {
    expect(page.match(/^\|.*›/gm)?.length).toBeGreaterThan(70);
    expect(pageProblems(page)).toEqual([]);
  });

  it.each(THEMES)('has a row about %s', (theme) => {
    const rows = page.split('\n').filter((line) => line.startsWith('|') && line.includes(' › '));
    expect(rows.some((row) => row.includes(theme))).toBe(true);
  });

  it('is found from the README, as the other pages for operators are', () => {
    const readme = readFileSync('README.md', 'utf8');
    for (const name of ['security', 'operating', 'upgrading']) expect(readme).toContain(`(docs/${name}.md)`);
  });

  it.each([
    ['a file that is gone', table(`| a | \`src/gone.ts\` | ${REAL} |`), 'src/gone.ts does not exist'],
    ['a file that is gone, in a sentence', 'See `docs/gone.md`.', 'docs/gone.md does not exist'],
    ['a test file that is gone', table('| a | `src/main.ts` | `test/gone.spec.ts › x` |'), 'test/gone.spec.ts does not exist'],
    [
      'a test that is gone',
      table('| a | `src/main.ts` | `test/attack/csrf.spec.ts › gone` |'),
      'test/attack/csrf.spec.ts has no test "gone"',
    ],
    ['a promise without a test', table('| a | `src/main.ts` | soon |'), '"a" names no test'],
    ['a promise that nothing keeps', table(`| a | care | ${REAL} |`), '"a" names no file that keeps it'],
    ['an attack without a test', '| attack | test |\n|---|---|\n| b | by hand |\n', '"b" names no test'],
  ])('would be seen to name %s', (_name, planted, problem) => {
    expect(pageProblems(planted)).toEqual([problem]);
  });

  it('would not be seen to where all is there', () => {
    expect(pageProblems(table(`| a | \`src/main.ts\` | ${REAL} |`))).toEqual([]);
  });
});
