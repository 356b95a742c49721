import type { Browser, HTTPRequest, Page, PDFOptions } from 'puppeteer';

/** The sheet and its margins come from the document's own @page rule. */
export const PRINT_OPTIONS: PDFOptions = {
  preferCSSPageSize: true,
  printBackground: true,
  tagged: true,
  outline: true,
  displayHeaderFooter: false,
  timeout: 0,
};
const GOODBYE_MS = 2_000;

/** One page that prints document after document. No script runs in it and nothing but what is embedded is loaded. */
export class WarmPage {
  printed = 0;
  crashed = false;
  private broken: (reason: Error) => void = () => {};

  private constructor(private readonly page: Page) {}

  static async open(browser: Browser): Promise<WarmPage> {
    const page = await browser.newPage();
    const warm = new WarmPage(page);
    await page.setJavaScriptEnabled(false);
    await page.setRequestInterception(true);
    page.on('request', refuseNetwork);
    page.on('error', (error) => warm.crash(error));
    page.on('close', () => warm.crash(new Error('The page was closed')));
    return warm;
  }

  /** @throws the signal's reason, or what Chromium said; the page must then be discarded. */
  async print(html: string, stop: AbortSignal): Promise<Uint8Array> {
    const crash = new Promise<never>((_resolve, reject) => (this.broken = reject));
    // Chromium may die while nobody is printing; the page then says so by `crashed`.
    crash.catch(() => undefined);
    return await unlessAborted(Promise.race([this.work(html), crash]), stop);
  }

  /** False when the page did not even close: its browser is then not to be trusted either. */
  async discard(): Promise<boolean> {
    this.page.removeAllListeners('close');
    if (this.page.isClosed()) return true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, GOODBYE_MS, false)));
    const closing = this.page.close().then(
      () => true,
      () => false,
    );
    return await Promise.race([closing, late]).finally(() => clearTimeout(timer));
  }

  private async work(html: string): Promise<Uint8Array> {
    await this.page.setContent(html, { waitUntil: 'load', timeout: 0 });
    const pdf = await this.page.pdf(PRINT_OPTIONS);
    this.printed += 1;
    return pdf;
  }

  private crash(error: Error): void {
    this.crashed = true;
    this.broken(error);
  }
}

function refuseNetwork(request: HTTPRequest): void {
  // The page may be gone before the answer arrives.
  refusal(request).catch(() => undefined);
}

/** Nothing leaves the browser. An aborted navigation would put an error page in the document's place; an empty answer does not. */
function refusal(request: HTTPRequest): Promise<void> {
  if (request.url().startsWith('data:')) return request.continue();
  return request.isNavigationRequest() ? request.respond({ status: 204 }) : request.abort('blockedbyclient');
}

/** The promise's outcome, or the signal's reason if that comes first. @throws the signal's reason */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whoever loses the race may still fail, and has nobody left to tell.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let abandon = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abandon = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abandon, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}
