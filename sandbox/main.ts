import { resolve } from 'node:path';
import { z } from 'zod';
import { startSandboxProcess } from './start.js';
import { loadVendorSandboxes } from './vendors.js';

const environment = z
  .object({
    SANDBOX_DATA_DIR: z.string().min(1),
    SANDBOX_PORT: z.coerce.number().int().min(0).max(65_529).default(4_010),
    SANDBOX_SEED: z.coerce.number().int().default(20_260_101),
    /** Where the app is going to listen for what vendors tell it. */
    SANDBOX_APP_URL: z.url().optional(),
    /** Set by whoever starts the process and holds its stdin: the sandbox ends with its parent. */
    SANDBOX_PARENT: z.literal('1').optional(),
  })
  .parse(process.env);

const sandbox = await startSandboxProcess({
  dataDir: resolve(environment.SANDBOX_DATA_DIR),
  basePort: environment.SANDBOX_PORT,
  seed: environment.SANDBOX_SEED,
  vendors: await loadVendorSandboxes(),
  ...(environment.SANDBOX_APP_URL !== undefined && { appUrl: environment.SANDBOX_APP_URL }),
});

let stopping = false;
const stop = (): void => {
  if (stopping) return;
  stopping = true;
  sandbox.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (environment.SANDBOX_PARENT === '1') {
  process.stdin.once('close', stop);
  process.stdin.resume();
}
process.stdout.write(`${JSON.stringify(sandbox.ready)}\n`);
