import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import puppeteer, { type Browser } from 'puppeteer';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { stopChild } from '../process/running-process.js';
import { temporaryFolder, type TemporaryFolder } from '../process/temporary-folder.js';
import { isRoot, type SystemUser } from '../process/unprivileged-user.js';
import { chromiumFlags } from './chromium-flags.js';
import { findChromium, type Chromium } from './find-chromium.js';
import { PipeTransport } from './pipe-transport.js';

const SYSTEM_FOLDERS = ['/usr/share/fonts', '/usr/local/share/fonts'];

/**
 * Fontconfig's file for the bundled Chromium: its own fonts first, for the plain families, and the system's for what those
 * lack (Chinese, Arabic, emoji). Without it a bare Linux prints empty boxes, and each machine prints another face.
 */
function fontConfiguration(fontFolder: string, cacheFolder: string): string {
  const folders = [fontFolder, ...SYSTEM_FOLDERS].map((folder) => `<dir>${escapeXml(folder)}</dir>`).join('');
  const prefer = (family: string): string =>
    `<alias binding="same"><family>${family}</family><prefer><family>Open Sans</family></prefer></alias>`;
  return [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    `<fontconfig>${folders}<cachedir>${escapeXml(`${cacheFolder}/font-cache`)}</cachedir>`,
    ...['sans-serif', 'system-ui', 'Arial', 'Helvetica'].map(prefer),
    '</fontconfig>',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Owns no file anywhere and shares nothing with the database server's account. Chromium needs no name for it. */
const NOBODY_IN_PARTICULAR: SystemUser = { uid: 65_532, gid: 65_532 };
const START_PATIENCE_MS = 30_000;
const CLOSE_PATIENCE_MS = 5_000;

export interface LaunchOptions {
  chromePath?: string | undefined;
  /** Default 'none'. */
  network?: 'none' | 'loopback';
  /** Whether it may run without Chromium's own sandbox where the system does not let that be. Default true. */
  mayLackSandbox?: boolean;
}

export interface LaunchedBrowser {
  browser: Browser;
  pid: number;
  /** Whether Chromium's own sandbox is on. */
  sandboxed: boolean;
  /** Ends the browser and deletes its profile. */
  close(): Promise<void>;
}

/**
 * Starts a headless Chromium with a fresh profile and an empty environment: what runs in it sees no key of ours. As root it
 * runs as an unprivileged account. Its own sandbox is on wherever the system lets it be.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<LaunchedBrowser> {
  const user = isRoot() ? NOBODY_IN_PARTICULAR : undefined;
  const chromium = await findChromium(options.chromePath, user);
  const network = options.network ?? 'none';
  try {
    return await start(chromium, user, network, true);
  } catch (error) {
    if (!(error instanceof DidNotStart) || !error.wantsNoSandbox) throw error;
  }
  if (options.mayLackSandbox === false) throw new NoBrowserSandbox();
  return start(chromium, user, network, false);
}

/** What a page holds could then reach what this account can. */
export class NoBrowserSandbox extends OneSentenceError {
  constructor() {
    super(
      'This system does not let Chromium make its own sandbox, so nothing is printed: allow unprivileged user namespaces ' +
        '(docs/operating.md, "The browser that prints"), or set CHROME_NO_SANDBOX=on to print without it.',
    );
  }
}

class DidNotStart extends OneSentenceError {
  readonly wantsNoSandbox: boolean;
  constructor(lastWords: string) {
    super(`The browser for printing did not start: ${lastWords.trim().split('\n').slice(-2).join(' ') || 'it gives no reason'}`);
    this.wantsNoSandbox = /sandbox|namespace|zygote/i.test(lastWords);
  }
}

async function start(
  chromium: Chromium,
  user: SystemUser | undefined,
  network: 'none' | 'loopback',
  sandboxed: boolean,
): Promise<LaunchedBrowser> {
  const profile = makeProfile(user);
  const profileFolder = profile.path;
  const program = run(chromium, user, profileFolder, chromiumFlags({ profileFolder, network, sandboxed }));
  const end = async (): Promise<void> => {
    await stopChild(program.child, 'SIGTERM', CLOSE_PATIENCE_MS);
    profile.remove();
  };
  try {
    const browser = await connect(program);
    const close = async (): Promise<void> => {
      try {
        await browser.close();
      } finally {
        await end();
      }
    };
    return { browser, pid: program.child.pid ?? 0, sandboxed, close };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Program {
  child: ChildProcess;
  /** What it wrote last to its error output. */
  lastWords: () => string;
}

function makeProfile(user: SystemUser | undefined): TemporaryFolder {
  const folder = temporaryFolder('browser');
  if (user) chownSync(folder.path, user.uid, user.gid);
  return folder;
}

function run(chromium: Chromium, user: SystemUser | undefined, profileFolder: string, flags: string[]): Program {
  const fonts = join(profileFolder, 'fonts.conf');
  if (chromium.fontFolder !== undefined) writeFileSync(fonts, fontConfiguration(chromium.fontFolder, profileFolder), { mode: 0o644 });
  const child = spawn(chromium.executablePath, flags, {
    ...user,
    cwd: profileFolder,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    // Ctrl-C in a terminal is for us; the browser is closed when its last document is out.
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: {
      HOME: profileFolder,
      TMPDIR: profileFolder,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
      ...(chromium.fontFolder === undefined ? {} : { FONTCONFIG_FILE: fonts }),
      ...(chromium.libraryFolder === undefined ? {} : { LD_LIBRARY_PATH: chromium.libraryFolder }),
      ...(process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {}),
    },
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString('utf8')).slice(-4_000)));
  child.on('error', (error) => (words += error.message));
  return { child, lastWords: () => words };
}

async function connect({ child, lastWords }: Program): Promise<Browser> {
  const transport = new PipeTransport(child.stdio[3] as Writable, child.stdio[4] as Readable);
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('close', () => reject(new DidNotStart(lastWords())));
    timer = setTimeout(() => reject(new DidNotStart(`no answer for ${START_PATIENCE_MS / 1_000} s ${lastWords()}`)), START_PATIENCE_MS);
  });
  try {
    // A browser that leaves closes its pipe before it is known to be gone, and only then its last words are all here.
    const connected = puppeteer.connect({ transport, defaultViewport: null }).catch(() => ended);
    return await Promise.race([connected, ended]);
  } finally {
    clearTimeout(timer);
    // Its later end is no failure to start.
    ended.catch(() => {});
  }
}
