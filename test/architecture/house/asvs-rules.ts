import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { ASVS_LEVELS } from './asvs-ids.js';

const STATUSES = ['met', 'partly', 'not met', 'not applicable'] as const;
const words = (text: string): number => text.split(' ').length;

const row = z.strictObject({
  id: z.string(),
  level: z.union([z.literal(1), z.literal(2)]),
  about: z.string().refine((text) => words(text) >= 3 && words(text) <= 12, { error: '3 to 12 words' }),
  status: z.enum(STATUSES),
  how: z.string().min(10).endsWith('.'),
  tests: z.array(z.string()),
});
const table = z.array(row);
export type AsvsRow = z.infer<typeof row>;

/** What is kept by something that no test can run: a text, or how the thing is built. It names the file to look at. */
const WITHOUT_TEST = /^(?:Document|Fact of the build): .*`[^`]+`/;

/** @returns one sentence for each thing that is wrong with the table */
export function asvsProblems(given: unknown): string[] {
  const parsed = table.safeParse(given);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return [...idProblems(parsed.data), ...parsed.data.flatMap(rowProblems)];
}

function idProblems(rows: readonly AsvsRow[]): string[] {
  const ids = rows.map(({ id }) => id);
  return [
    ...[...ASVS_LEVELS.keys()].filter((id) => !ids.includes(id)).map((id) => `${id} is missing`),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice`),
  ];
}

function rowProblems({ id, level, status, how, tests }: AsvsRow): string[] {
  const known = ASVS_LEVELS.get(id);
  const isKept = status === 'met' || status === 'partly';
  return [
    ...(known === undefined ? [`${id} is no requirement of level 1 or 2`] : []),
    ...(known !== undefined && known !== level ? [`${id} is of level ${known}`] : []),
    ...(isKept && tests.length === 0 && !WITHOUT_TEST.test(how) ? [`${id} is ${status} and names neither a test nor a document`] : []),
    ...(!isKept && tests.length > 0 ? [`${id} is ${status} and names tests`] : []),
    ...[...how.matchAll(/`([\w./-]+\.\w+)`/g)].flatMap(([, path = '']) => (isThere(path) ? [] : [`${id}: ${path} does not exist`])),
    ...tests.flatMap((test) => testProblems(test).map((problem) => `${id}: ${problem}`)),
  ];
}

/** Addresses of ours begin with a slash and are no files. */
function isThere(path: string): boolean {
  return path.startsWith('/') || existsSync(path);
}

/** `file › part of a title`, as in both tables. */
export function testProblems(test: string): string[] {
  const [file = '', title = ''] = test.split(' › ');
  if (title === '') return [`"${test}" is not written as file › title`];
  if (!/^(?:test|src)\/.+\.spec\.ts$/.test(file) || !existsSync(file)) return [`${file} does not exist`];
  return titlesIn(file).some((each) => each.includes(title)) ? [] : [`${file} has no test "${title}"`];
}

/** What follows `it(`, `describe(` or, behind a table of cases, `)(`: a text and then the test. */
const TITLE = /(?:\b(?:describe|it|test)|\))\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1,/g;

function titlesIn(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(TITLE)].map(([, , title = '']) => title);
}
