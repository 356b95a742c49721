// `npm run bench [-- row …]`, or `npm run bench:long` for the rows that take minutes each: measures, prints a table and writes bench/results.json. TypeScript is read by Vite, as in the tests.
import { join } from 'node:path';
import { build, installDependencies, root, runWithOurNode } from './prepare.mjs';

process.chdir(root);
installDependencies();
build();
await runWithOurNode(join(root, 'scripts', 'run-bench.mjs'), process.argv.slice(2));
