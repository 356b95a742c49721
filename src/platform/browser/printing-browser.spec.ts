import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Config } from '../config/config.js';
import { launchBrowser } from './launch-browser.js';
import { PrintingBrowser } from './printing-browser.js';

let folder: string;
let chromePath: string;
const usual = process.env['TMPDIR'];

/** A browser as it behaves where it may make no namespaces: it only starts when nobody asks for its sandbox. */
const NO_NAMESPACES = `#!/bin/sh
for flag in "$@"; do if [ "$flag" = --no-sandbox ]; then echo 'started without it' >&2; exit 1; fi; done
echo 'No usable sandbox! If you are running on a recent kernel, enable unprivileged user namespaces.' >&2; exit 1`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-printing-'));
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  chromePath = join(folder, 'chromium');
  writeFileSync(chromePath, NO_NAMESPACES, { mode: 0o755 });
});
afterAll(() => {
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => void vi.restoreAllMocks());

const withSetting = (chromeMayLackSandbox: boolean): PrintingBrowser =>
  new PrintingBrowser({ chromePath, chromeMayLackSandbox } as Partial<Config> as Config);

describe.runIf(process.platform !== 'win32')('a system that lets Chromium have no sandbox', () => {
  it('is refused unless a variable allows it, once in the log and with a sentence that says what to do', async () => {
    const warned = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const browser = withSetting(false);
    for (let tries = 0; tries < 2; tries += 1)
      await expect(browser.launch()).rejects.toThrow(/allow unprivileged user namespaces .* CHROME_NO_SANDBOX=on/);
    expect(browser.sandbox).toBe('refused');
    expect(warned).toHaveBeenCalledTimes(1);
    expect(readdirSync(folder)).toEqual(['chromium']);
  });

  it('gets a browser without it where that is allowed', async () => {
    await expect(withSetting(true).launch()).rejects.toThrow('started without it');
  });

  it('is told to the operator when the browser runs all the same', async () => {
    const warned = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const browser = new PrintingBrowser({ chromePath: undefined, chromeMayLackSandbox: true } as Partial<Config> as Config);
    const launched = await browser.launch();
    await launched.close();
    expect(browser.sandbox).toBe(launched.sandboxed ? 'on' : 'off');
    expect(warned).toHaveBeenCalledTimes(launched.sandboxed ? 0 : 1);
    const direct = await launchBrowser({ mayLackSandbox: true });
    await direct.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('countersign-browser-'))).toEqual([]);
  }, 120_000);
});
