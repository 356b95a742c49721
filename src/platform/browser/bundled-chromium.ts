import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedProgram } from '../process/program-cache.js';
import type { SystemUser } from '../process/unprivileged-user.js';
import type { Chromium } from './find-chromium.js';

const run = promisify(execFile);

/** Bump when the layout below changes, so that no older unpacking is taken for this one. */
const LAYOUT = 1;

export function hasBundledChromium(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * Unpacks the Chromium of the npm package into a folder of ours. The package itself unpacks to fixed names in the shared
 * temporary folder and trusts whatever lies there already, so it runs in a process of its own whose temporary folder is ours.
 */
export async function unpackBundledChromium(user: SystemUser | undefined): Promise<Chromium> {
  const packaged = import.meta.resolve('@sparticuz/chromium');
  const version = /"version":\s*"([^"]+)"/.exec(readFileSync(new URL('../package.json', packaged), 'utf8'))?.[1] ?? 'unknown';
  const folder = await cachedProgram(`chromium-${version}-${LAYOUT}`, user, async (draft) => {
    const script = `const { default: chromium } = await import(${JSON.stringify(packaged)}); await chromium.executablePath();`;
    await run(process.execPath, ['--input-type=module', '--eval', script], {
      // Named as this runtime, the package also unpacks the system libraries that a bare Linux lacks.
      env: { TMPDIR: draft, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' },
    });
    chmodSync(join(draft, 'chromium'), 0o755);
  });
  return {
    executablePath: join(folder, 'chromium'),
    fontFolder: join(folder, 'fonts', 'fonts'),
    libraryFolder: join(folder, 'al2023', 'lib'),
  };
}
