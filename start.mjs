// `npm start`: everything from a fresh clone to a running Countersign. Valid on Node 18 and without dependencies.
import { join } from 'node:path';
import { build, installDependencies, root, runWithOurNode } from './scripts/prepare.mjs';

process.chdir(root);
installDependencies();
build();
await runWithOurNode(join(root, 'dist', 'platform', 'launcher', 'main.js'));
