/**
 * Goal: docs/security.md does not promise what nothing watches. Each mechanism is taken out of a copy of the sources, alone, and the
 * test that docs/security.md names for it has to fail; with everything in place the same tests pass.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MECHANISMS, type Mechanism } from './mechanisms.js';

/** Where mechanisms stand. A test that is changed proves nothing. */
const SOURCES = ['src', 'migrations'];
const LEFT_BEHIND = /^(?:node_modules|dist|coverage|\.git|\.data|\.ci)$/;

const report = z.object({
  testResults: z.array(z.object({ message: z.string(), assertionResults: z.array(z.object({ title: z.string(), status: z.string() })) })),
});
type Report = z.infer<typeof report>;

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'countersign-mechanisms-'));
  for (const name of readdirSync('.')) if (!LEFT_BEHIND.test(name)) cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'), 'junction');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** The files of the copy in which the text stands. @throws Error when it stands nowhere: then nobody knows what is tested here */
function filesWith({ name, text }: Mechanism): string[] {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(copy, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(?:ts|sql)$/.test(path) && !path.endsWith('.spec.ts'))
      .map((path) => join(copy, folder, path)),
  ).filter((path) => readFileSync(path, 'utf8').includes(text));
  if (files.length === 0) throw new Error(`"${name}" is no longer written as the list says: ${text}`);
  return files;
}

async function run(specs: readonly string[], test?: string): Promise<Report> {
  const outputFile = join(copy, 'report.json');
  rmSync(outputFile, { force: true });
  const named = test === undefined ? [] : ['-t', test.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/%[a-z]/g, '.*')];
  const vitest = resolve('node_modules/vitest/vitest.mjs');
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:VITEST|TEST_LONG|TEST$)/.test(name)));
  const child = spawn(process.execPath, [vitest, 'run', ...specs, ...named, '--reporter=json', `--outputFile=${outputFile}`], {
    cwd: copy,
    env: environment,
    stdio: 'ignore',
  });
  await new Promise((done) => child.once('close', done));
  return report.parse(JSON.parse(readFileSync(outputFile, 'utf8')));
}

/** How the tests ended of which the name, as docs/security.md shortens it, is a part. */
function endings({ testResults }: Report, { test }: Mechanism): string[] {
  const part = test.split(/%\w/)[0] ?? test;
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ title }) => title.includes(part))
    .map(({ status }) => status);
}

describe('every mechanism on the list', () => {
  it('is watched by a test that docs/security.md names', () => {
    const page = readFileSync('docs/security.md', 'utf8');
    expect(MECHANISMS.filter(({ spec, test }) => !page.includes(`\`${spec} › ${test}`)).map(({ name }) => name)).toEqual([]);
  });

  it('is written in the sources as the list says', () => {
    for (const mechanism of MECHANISMS) filesWith(mechanism);
  });

  it('in place: all of these tests pass', async () => {
    const whole = await run([...new Set(MECHANISMS.map(({ spec }) => spec))]);
    for (const mechanism of MECHANISMS) {
      const ended = endings(whole, mechanism);
      expect(ended.length, mechanism.test).toBeGreaterThan(0);
      expect(new Set(ended), mechanism.test).toEqual(new Set(['passed']));
    }
  });
});

describe('taken out', () => {
  it.each(MECHANISMS)('$name is missed by $spec › $test', async (mechanism) => {
    const { text, without, spec, test } = mechanism;
    const files = filesWith(mechanism);
    const before = files.map((path) => readFileSync(path, 'utf8'));
    try {
      for (const [index, path] of files.entries()) writeFileSync(path, before[index]?.replaceAll(text, () => without) ?? '');
      expect(endings(await run([spec], test), mechanism)).toContain('failed');
    } finally {
      for (const [index, path] of files.entries()) writeFileSync(path, before[index] ?? '');
    }
  });
});
