// `node scripts/run.mjs <file> [arguments]`: runs a program of ours on the Node it needs, built from the present sources.
import { resolve } from 'node:path';
import { build, giveUp, installDependencies, root, runWithOurNode } from './prepare.mjs';

const [file, ...args] = process.argv.slice(2);
if (!file) giveUp('Name the file to run.');
process.chdir(root);
installDependencies();
build();
await runWithOurNode(resolve(file), args);
