import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Browser } from 'puppeteer';
import { FairQueue } from '../fair-queue.js';
import type { Printer, PrintOptions } from './render-invoice.js';
import { unlessAborted, WarmPage } from './warm-page.js';

/** What starting a browser gives; `close` also removes its profile. */
export interface BrowserHandle {
  browser: Browser;
  /** 0 when unknown: its memory is then not watched. */
  pid: number;
  close(): Promise<void>;
}

export interface ChromiumPoolOptions {
  launch: () => Promise<BrowserHandle>;
  /** Prints at a time, each on its own warm page; one more where a tenant would wait behind another one's (`FairQueue`). Default: one per core. */
  pages?: number;
  /** Default 50. */
  documentsPerPage?: number;
  /** Default 2,000. */
  documentsPerBrowser?: number;
  /** Of the browser and all its processes. Default 1,500. */
  browserMegabytes?: number;
  /** For one document, without its time in the queue. Default 30,000. */
  timeoutMs?: number;
}

/** One browser and the pages that live in it. */
interface Generation {
  handle: BrowserHandle;
  printed: number;
  printing: number;
  retired: boolean;
  ending: Promise<void> | undefined;
  idle: WarmPage[];
}

const MEMORY_CHECK_EVERY = 25;

/**
 * Prints HTML with a warm browser. A page is reused for many documents, because a new one per document costs more than
 * half of the throughput, and is thrown away after any failure; so is a browser that died, grew, or served its time.
 */
export class ChromiumPool implements Printer {
  private readonly queue: FairQueue;
  private readonly limits: Required<Omit<ChromiumPoolOptions, 'launch'>>;
  private current: Promise<Generation> | undefined;
  private readonly alive = new Set<Generation>();
  /** Told after each document; stopping on request is no failure. */
  onPrinted: ((outcome: 'done' | 'failed', seconds: number) => void) | undefined;

  constructor(private readonly options: ChromiumPoolOptions) {
    this.limits = {
      pages: options.pages ?? availableParallelism(),
      documentsPerPage: options.documentsPerPage ?? 50,
      documentsPerBrowser: options.documentsPerBrowser ?? 2_000,
      browserMegabytes: options.browserMegabytes ?? 1_500,
      timeoutMs: options.timeoutMs ?? 30_000,
    };
    this.queue = new FairQueue(this.limits.pages, { done: 'printed' });
  }

  /**
   * The raw print of one document. Waits its turn among the tenants; `signal` takes it out of the queue or stops it.
   * @throws Refusal 'unavailable' where this tenant's prints took too long or too many wait, the signal's reason, a TimeoutError, or what Chromium said.
   */
  async print(html: string, options: PrintOptions): Promise<Uint8Array> {
    const leave = await this.queue.enter(options.tenantId, options.signal);
    const began = performance.now();
    const tell = (outcome: 'done' | 'failed'): void => this.onPrinted?.(outcome, (performance.now() - began) / 1_000);
    try {
      const pdf = await this.attempt(html, options.signal, true);
      tell('done');
      leave();
      return pdf;
    } catch (error) {
      if (options.signal?.aborted !== true) tell('failed');
      // Whoever asks may lose patience before we do; what held a page for so long is no better for that.
      const wasted = isTimeout(error) || performance.now() - began > this.limits.timeoutMs / 2;
      leave(wasted ? 'wasted' : undefined);
      throw error;
    }
  }

  /** Of all browsers that live. */
  get pages(): { idle: number; printing: number } {
    const all = [...this.alive];
    const sum = (pick: (generation: Generation) => number): number => all.reduce((total, one) => total + pick(one), 0);
    return { idle: sum(({ idle }) => idle.length), printing: sum(({ printing }) => printing) };
  }

  /** Starts the browser and all pages, so that the first documents need not wait for them. */
  async warm(): Promise<void> {
    const generation = await this.generation();
    while (generation.idle.length < this.limits.pages) generation.idle.push(await WarmPage.open(generation.handle.browser));
  }

  /** Lets documents in progress finish, refuses new ones, ends the browser. */
  async close(): Promise<void> {
    await this.queue.drain(new Error('The printer is closed'));
    const last = await this.current?.catch(() => undefined);
    if (last) this.retire(last);
    await Promise.all([...this.alive].map((generation) => this.end(generation)));
  }

  private async attempt(html: string, signal: AbortSignal | undefined, mayRetry: boolean): Promise<Uint8Array> {
    const generation = await this.generation();
    generation.printing += 1;
    const stop = AbortSignal.any([AbortSignal.timeout(this.limits.timeoutMs), ...(signal ? [signal] : [])]);
    let page: WarmPage | undefined;
    try {
      page = await this.take(generation, stop);
      const pdf = await page.print(html, stop);
      await this.keep(generation, page);
      return pdf;
    } catch (error) {
      const crashed = page?.crashed === true || !generation.handle.browser.connected;
      // A browser that cannot open a page, or not even close one, is not to be trusted with the next document.
      if (!(await page?.discard())) this.retire(generation);
      if (crashed && mayRetry && !stop.aborted) return await this.attempt(html, signal, false);
      throw error;
    } finally {
      generation.printing -= 1;
      if (generation.retired && generation.printing === 0) void this.end(generation);
    }
  }

  private async take(generation: Generation, stop: AbortSignal): Promise<WarmPage> {
    for (let page = generation.idle.pop(); page; page = generation.idle.pop()) {
      if (!page.crashed) return page;
      await page.discard();
    }
    return await unlessAborted(WarmPage.open(generation.handle.browser), stop);
  }

  private async keep(generation: Generation, page: WarmPage): Promise<void> {
    generation.printed += 1;
    if (this.isWorn(generation)) this.retire(generation);
    if (generation.retired || page.printed >= this.limits.documentsPerPage) await page.discard();
    else generation.idle.push(page);
  }

  private isWorn({ printed, handle }: Generation): boolean {
    if (printed >= this.limits.documentsPerBrowser) return true;
    return printed % MEMORY_CHECK_EVERY === 0 && residentMegabytes(handle.pid) > this.limits.browserMegabytes;
  }

  private async generation(): Promise<Generation> {
    this.current ??= this.start();
    const starting = this.current;
    try {
      return await starting;
    } catch (error) {
      if (this.current === starting) this.current = undefined;
      throw error;
    }
  }

  private async start(): Promise<Generation> {
    const handle = await this.options.launch();
    const generation: Generation = { handle, printed: 0, printing: 0, retired: false, ending: undefined, idle: [] };
    this.alive.add(generation);
    handle.browser.once('disconnected', () => this.retire(generation));
    return generation;
  }

  /** Documents in progress finish on it; the next one gets a new browser. */
  private retire(generation: Generation): void {
    if (generation.retired) return;
    generation.retired = true;
    this.current = undefined;
    if (generation.printing === 0) void this.end(generation);
  }

  private end(generation: Generation): Promise<void> {
    // A browser that is gone already cannot be asked to close; there is nothing left to do about it.
    generation.ending ??= generation.handle
      .close()
      .catch(() => undefined)
      .then(() => void this.alive.delete(generation));
    return generation.ending;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

/** Resident memory of a process and all its descendants; 0 where the system has no /proc to read it from. */
function residentMegabytes(pid: number): number {
  if (pid === 0 || process.platform !== 'linux') return 0;
  return kilobytes(pid) / 1_024;
}

function kilobytes(pid: number): number {
  try {
    const own = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const below = children === '' ? [] : children.split(' ').map((child) => kilobytes(Number.parseInt(child, 10)));
    return below.reduce((sum, one) => sum + one, Number.parseInt(own, 10));
  } catch {
    // It ended between two reads.
    return 0;
  }
}
