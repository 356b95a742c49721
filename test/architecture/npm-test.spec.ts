/** Goal: `npm test` with a path is about that path, and a run that found less than was asked for never looks green. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Chosen {
  isPart: boolean;
}
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { name: string; assertionResults: unknown[] }[];
}
interface ChosenTests {
  chosenBy: (flags: readonly string[]) => Chosen;
  missingFrom: (report: Report, chosen: Chosen) => string[];
}

// The scripts are plain JavaScript, because they run before anything is installed.
const { chosenBy, missingFrom } = (await import(pathToFileURL(resolve('scripts/chosen-tests.mjs')).href)) as ChosenTests;
const { removeLeftovers } = (await import(pathToFileURL(resolve('scripts/prepare.mjs')).href)) as {
  removeLeftovers: (dist: string, sources: string) => void;
};

const ONE_OF_EACH = ['medium', 'contract', 'architecture', 'attack', 'journey', 'browser'].map((project) => `test/${project}/a.spec.ts`);

function ran(...files: string[]): Report {
  const testResults = files.map((file) => ({ name: join(process.cwd(), file), assertionResults: [{}] }));
  return { numPassedTests: files.length, numFailedTests: 0, testResults };
}

describe('a whole run', () => {
  it.each([[[]], [['--bail=1']], [['--retry', '2']]])('is one that chooses nothing: %j', (flags) => {
    expect(chosenBy(flags).isPart).toBe(false);
  });

  it('misses nothing when every project had a test', () => {
    expect(missingFrom(ran('src/domain/a.spec.ts', ...ONE_OF_EACH), chosenBy([]))).toEqual([]);
  });

  it('misses a project in which no test was found', () => {
    expect(missingFrom(ran(...ONE_OF_EACH), chosenBy([]))).toEqual(['No test was found in project "small".']);
  });
});

describe('a part', () => {
  it.each([
    ['a file', ['src/domain/a.spec.ts']],
    ['a file as a shell completes it', ['./src/domain/a.spec.ts']],
    ['a file by its whole path', [resolve('src/domain/a.spec.ts')]],
    ['a line of a file', ['src/domain/a.spec.ts:12']],
    ['a folder', ['src/domain/']],
    ['several', ['src/domain', 'test/medium']],
    ['a test of a file', ['src/domain/a.spec.ts', '-t', 'adds up']],
    ['a test by its name alone', ['-t', 'adds up']],
    ['a project', ['--project', 'small']],
  ])('is %s, and that is all it has to find', (_what, flags) => {
    const chosen = chosenBy(flags);
    expect(chosen.isPart).toBe(true);
    expect(missingFrom(ran('src/domain/a.spec.ts', 'test/medium/a.spec.ts'), chosen)).toEqual([]);
  });

  it('says which of the paths is none', () => {
    expect(missingFrom(ran('src/domain/a.spec.ts'), chosenBy(['src/domain', 'src/doman']))).toEqual([
      'No spec file matches "src/doman": give a file or a folder from the root of the project, such as src/domain.',
    ]);
  });

  it('says when no test has the name', () => {
    const skipped = { ...ran('src/domain/a.spec.ts'), numPassedTests: 0 };
    expect(missingFrom(skipped, chosenBy(['src/domain', '-t', 'ads up']))).toEqual(['No test has a name that matches ads up.']);
  });
});

describe('building anew', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
  const write = (...paths: string[]) => {
    for (const path of paths) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
  };

  it('removes what a source left that is gone, and leaves the rest to whoever runs from it', () => {
    write('src/main.ts', 'src/web/page.ts');
    write('dist/.tsbuildinfo', 'dist/main.js', 'dist/main.js.map', 'dist/web/page.js', 'dist/web/old.js', 'dist/gone/old.js.map');
    removeLeftovers(join(folder, 'dist'), join(folder, 'src'));
    const left = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'));
    rmSync(folder, { recursive: true });
    expect(left.toSorted()).toEqual(['.tsbuildinfo', 'main.js', 'main.js.map', join('web', 'page.js')]);
  });
});
