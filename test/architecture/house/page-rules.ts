import { existsSync } from 'node:fs';
import { testProblems } from './asvs-rules.js';

/** The folders that code in backticks may name; anything else in backticks is a word. */
const OURS = /^(?:src|test|docs|migrations|templates|scripts|deploy)\/[\w./-]+$/;

/** @returns one sentence for each file or test that a page names in backticks and that is not there, and for each promise without a test */
export function pageProblems(page: string): string[] {
  const code = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
  return [
    ...code.filter((text) => text.includes(' › ')).flatMap(testProblems),
    ...code.filter((text) => OURS.test(text) && !existsSync(text)).map((path) => `${path} does not exist`),
    ...promisesIn(page).flatMap(promiseProblems),
  ];
}

/** The rows of the tables that end in a column of tests. */
export function promisesIn(page: string): string[][] {
  const rows: string[][] = [];
  let header: string[] | undefined;
  for (const line of page.split('\n')) {
    if (!line.startsWith('|')) {
      header = undefined;
      continue;
    }
    const cells = line.split(/(?<!\\)\|/).slice(1, -1);
    if (header === undefined) header = cells.map((cell) => cell.trim());
    else if (header.at(-1) === 'test' && !/^-+$/.test(cells[0] ?? '')) rows.push(cells.map((cell) => cell.trim()));
  }
  return rows;
}

function promiseProblems(cells: readonly string[]): string[] {
  const [promise = ''] = cells;
  const mechanism = cells.length > 2 ? (cells[1] ?? '') : undefined;
  return [
    ...(cells.at(-1)?.includes(' › ') === true ? [] : [`"${promise}" names no test`]),
    ...(mechanism === undefined || /`[^`]+\/[^`]+`/.test(mechanism) ? [] : [`"${promise}" names no file that keeps it`]),
  ];
}
