import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../config/config.js';
import { launchBrowser, NoBrowserSandbox, type LaunchedBrowser } from './launch-browser.js';

/** How it was with Chromium's own sandbox when the browser was started last. */
export type BrowserSandbox = 'not started' | 'on' | 'off' | 'refused';

const log = new Logger('browser');

/** Starts the browser that prints documents as this installation wants it, and says when it runs less guarded than it should. */
@Injectable()
export class PrintingBrowser {
  sandbox: BrowserSandbox = 'not started';

  constructor(private readonly config: Config) {}

  async launch(): Promise<LaunchedBrowser> {
    const { chromePath, chromeMayLackSandbox: mayLackSandbox } = this.config;
    try {
      const launched = await launchBrowser({ network: 'none', chromePath, mayLackSandbox });
      this.note(launched.sandboxed ? 'on' : 'off');
      return launched;
    } catch (error) {
      if (error instanceof NoBrowserSandbox) this.note('refused', error.message);
      throw error;
    }
  }

  private note(now: BrowserSandbox, sentence = 'Chromium runs without its own sandbox, which this system does not allow it.'): void {
    if (now !== 'on' && now !== this.sandbox) log.warn(sentence);
    this.sandbox = now;
  }
}
