import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { endOnStrayErrors } from './stray-errors.js';

const program = (body: string): string => `
  const endOnStrayErrors = ${endOnStrayErrors.toString()};
  endOnStrayErrors({ fatal: (facts, words) => process.stdout.write(JSON.stringify({ words, message: String(facts.err.message), origin: facts.origin })) });
  setTimeout(() => process.stdout.write('still here'), 2_000);
  ${body}`;

it.each([
  ['a rejection that nobody handles', "Promise.reject(new Error('lost'))", 'unhandledRejection'],
  ['an error in a timer', "setTimeout(() => { throw new Error('lost'); }, 1)", 'uncaughtException'],
])('%s is written down and ends the process', (_, body, origin) => {
  const { NODE_OPTIONS: _tests, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, ['-e', program(body)], { encoding: 'utf8', env });
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toEqual({ words: 'An error that nobody caught. This process ends.', message: 'lost', origin });
});
