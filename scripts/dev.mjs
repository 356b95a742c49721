// `npm run dev`: database and sandbox as with `npm start`, and the app by `nest start --watch`: a saved source restarts it alone.
import { join } from 'node:path';
import { build, installDependencies, root, runWithOurNode } from './prepare.mjs';

process.chdir(root);
installDependencies();
build();
await runWithOurNode(join(root, 'dist', 'platform', 'launcher', 'main.js'), ['--watch']);
