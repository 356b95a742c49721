// The measuring itself, on the Node it needs; `npm run bench` starts it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vite';
import { root } from './prepare.mjs';

// A server that stays open: the rows are imported when they run, which a runner closed after its first import refuses.
const vite = await createServer({
  root,
  configFile: false,
  envDir: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, ws: false, hmr: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
});
const module = await vite.environments.ssr.runner.import(join(root, 'test', 'bench', 'main.ts'));
const given = process.argv.slice(2);
const results = await module.bench(
  given.filter((argument) => !argument.startsWith('--')),
  { long: given.includes('--long') },
);
await vite.close();
mkdirSync(join(root, 'bench'), { recursive: true });
writeFileSync(join(root, 'bench', 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
process.exit(results.every((row) => row.ok) ? 0 : 1);
