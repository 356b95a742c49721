import type { Excuse } from './mechanism.js';

export const EXCUSES: readonly Excuse[] = [
  {
    row: 'no passwords',
    because: 'Nothing to take out: the mechanism is that there is no password anywhere, and no code that would make an account by itself.',
  },
  {
    row: 'accounts are linked only',
    because: 'Several doors hold the same line (guard, sealed cookie, the service), so that no single one alone lets anybody in.',
  },
  {
    row: "a person's limits are set",
    because: 'The whole page is the mechanism: without it nothing can be set, which proves nothing about who may.',
  },
  {
    row: 'the checks themselves',
    because: 'Its test is a mutation test already: it takes away each policy, FORCE, WITH CHECK and key in turn.',
  },
  {
    row: 'parameterised SQL',
    because: 'Kept at each of some hundred calls and not in one place that could be taken out; the rule is watched by the attacks.',
  },
  {
    row: 'export of everything',
    because: 'The plan of the export and its test read the same decisions; taking one out is the row about each new table.',
  },
  {
    row: '`upgrade-db`',
    because: 'The whole command is the mechanism: without any step of it there is no new database, which every test notices.',
  },
  { row: 'secret scanning', because: 'The mechanism is itself a test, which plants secrets and wants them found.' },
];
