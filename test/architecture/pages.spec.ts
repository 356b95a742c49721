/** Goal: whoever follows README, CONTRIBUTING, the architecture or a decision finds every file and test that they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkProblems, pageProblems } from './house/page-rules.js';

const DECISIONS = readdirSync('docs/adr').map((name) => posix.join('docs/adr', name));
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'docs/architecture.md', 'docs/upgrading.md', ...DECISIONS];

describe('a page for people who work on this', () => {
  it.each(PAGES)('names files, tests and pages that exist: %s', (path) => {
    const page = readFileSync(path, 'utf8');
    expect([...pageProblems(page), ...linkProblems(path, page)]).toEqual([]);
  });

  it.each([
    ['a file that is gone', 'Open `src/gone.ts`.', ['src/gone.ts does not exist']],
    ['a page that is gone', 'See [it](gone.md#there).', ['docs/gone.md does not exist']],
    ['a heading that is gone', 'See [it](upgrading.md#gone).', ['docs/upgrading.md has no heading #gone']],
    ['a heading of its own that is gone', '# Here\n[a](#here) [b](#there)', ['docs/a.md has no heading #there']],
    ['nothing that is gone', 'See [it](upgrading.md#every-time), `src/main.ts` and [others](https://example.com/a.md).', []],
  ])('would be seen to name %s', (_what, page, problems) => {
    expect([...pageProblems(page), ...linkProblems('docs/a.md', page)]).toEqual(problems);
  });

  it('is found from the README', () => {
    const readme = readFileSync('README.md', 'utf8');
    for (const path of ['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/architecture.md', 'docs/adr']) {
      expect(existsSync(path)).toBe(true);
      expect(readme).toContain(`(${path})`);
    }
  });
});
