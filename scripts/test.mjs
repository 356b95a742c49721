// `npm test`: lint, format, types, what is unused and every test project, then one line that counts them. With a path, a name or
// a project (`npm test -- src/domain -t "adds up"`) only those tests. `--watch` waits for changes; `--record-durations` renews
// test/durations.json, which orders the tests of a fresh clone. Valid on Node 18.
import { join } from 'node:path';
import { build, installDependencies, root, runWithOurNode } from './prepare.mjs';

process.chdir(root);
installDependencies();
// Journeys start the real thing, which is what start.mjs would run.
build();
await runWithOurNode(join(root, 'scripts', 'run-checks.mjs'), process.argv.slice(2));
