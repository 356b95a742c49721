import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
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

/** @returns one sentence for each link of a page to a page, picture or heading of ours that is not there */
export function linkProblems(path: string, page: string): string[] {
  return [...page.matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].flatMap(([, to = '', heading]) => {
    const target = to === '' ? path : posix.join(posix.dirname(path), to);
    if (to !== '' && !existsSync(target)) return [`${target} does not exist`];
    const headings = heading === undefined ? [] : headingsIn(to === '' ? page : readFileSync(target, 'utf8'));
    return heading === undefined || headings.includes(heading) ? [] : [`${target} has no heading #${heading}`];
  });
}

/** As GitHub makes addresses of them. */
function headingsIn(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
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
