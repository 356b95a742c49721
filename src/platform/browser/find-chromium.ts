import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import puppeteer from 'puppeteer';
import { OneSentenceError } from '../process/one-sentence-error.js';
import type { SystemUser } from '../process/unprivileged-user.js';
import { hasBundledChromium, unpackBundledChromium } from './bundled-chromium.js';

const run = promisify(execFile);

export interface Chromium {
  executablePath: string;
  /** Fonts that come with it. */
  fontFolder?: string;
  /** System libraries that come with it, for a Linux that lacks them. */
  libraryFolder?: string;
}

/**
 * The browser that prints: the operator's own, the one from the npm package, the one that `npx puppeteer browsers install chrome`
 * fetched, or an installed Chrome, Edge or Chromium.
 * @param user the account it will run as, when not ours
 */
export async function findChromium(chromePath: string | undefined, user: SystemUser | undefined): Promise<Chromium> {
  if (chromePath !== undefined) {
    if (!existsSync(chromePath)) throw new OneSentenceError(`CHROME_PATH names ${chromePath}, and there is no such file.`);
    return { executablePath: chromePath };
  }
  if (hasBundledChromium()) return withNeededLibraries(await unpackBundledChromium(user), user);
  const installed = await installedBrowser();
  if (installed !== undefined) return { executablePath: installed };
  throw new OneSentenceError(
    'No browser for printing was found: run "npx puppeteer browsers install chrome", install Google Chrome or Microsoft Edge, ' +
      'or set CHROME_PATH to a Chromium.',
  );
}

/** The system's own libraries are preferred, because they get security updates. */
async function withNeededLibraries(chromium: Chromium, user: SystemUser | undefined): Promise<Chromium> {
  const plain: Chromium = { ...chromium };
  delete plain.libraryFolder;
  if ((await startProblem(plain, user)) === undefined) return plain;
  const problem = await startProblem(chromium, user);
  if (problem === undefined) return chromium;
  throw new OneSentenceError(`The Chromium that comes with Countersign does not start here: ${problem}; set CHROME_PATH to another one.`);
}

async function startProblem({ executablePath, libraryFolder }: Chromium, user: SystemUser | undefined): Promise<string | undefined> {
  try {
    const env = libraryFolder === undefined ? {} : { LD_LIBRARY_PATH: libraryFolder };
    await run(executablePath, ['--version'], { ...user, env, cwd: '/', timeout: 20_000 });
    return undefined;
  } catch (error) {
    return (error as Error).message.trim().split('\n').at(-1) ?? 'it gives no reason';
  }
}

async function installedBrowser(): Promise<string | undefined> {
  const known = [() => puppeteer.executablePath(), () => puppeteer.executablePath('chrome'), () => puppeteer.executablePath('chrome-beta')];
  // Refused where that one was never fetched, is not installed or does not exist for the platform: the next one may be there.
  const paths = await Promise.all(known.map((path) => path().catch(() => undefined)));
  return [...paths, ...otherInstalled()].find((path) => path !== undefined && existsSync(path));
}

function otherInstalled(): string[] {
  if (process.platform === 'darwin') {
    return ['Microsoft Edge', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform === 'win32') {
    return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => {
      const folder = process.env[name];
      return folder === undefined ? [] : [join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe')];
    });
  }
  return ['chromium', 'chromium-browser', 'microsoft-edge'].map((name) => `/usr/bin/${name}`);
}
