// `npm test`: lint, format, types and every test project, then one line that counts them. Valid on Node 18.
import { join } from 'node:path';
import { build, installDependencies, root, runWithOurNode } from './prepare.mjs';

process.chdir(root);
installDependencies();
// Journeys start the real thing, which is what start.mjs would run.
build();
await runWithOurNode(join(root, 'scripts', 'run-checks.mjs'), process.argv.slice(2));
