import { TimeoutError, type Browser, type HTTPResponse, type Page } from 'puppeteer';

export interface BrowserPerson {
  page: Page;
  /** Errors on the console, failed scripts and answers that are errors. A test expects none. */
  trouble: string[];
}

/** Longer than a busy machine needs for anything that a page does. */
const PATIENCE_MS = 100_000;

/** A new window of the browser. */
export async function newWindow(browser: Browser, width = 1440, height = 900): Promise<BrowserPerson> {
  const page = await browser.newPage();
  await page.setViewport({ width, height });
  page.setDefaultTimeout(PATIENCE_MS);
  const trouble: string[] = [];
  page.on('console', (message) => message.type() === 'error' && trouble.push(`${message.text()} ${message.location().url ?? ''}`));
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('response', (response) => response.status() >= 500 && trouble.push(`${response.status()} ${response.url()}`));
  return { page, trouble };
}

/** Nothing more is asked for this long, once a page is loaded: what its scripts ask for at once has then come. */
const QUIET_MS = 150;
const QUIET_PATIENCE_MS = 3_000;

/** Opens a page and waits until it is whole: its scripts have asked for what they need, and a document is drawn. */
export async function visit(page: Page, url: string, referer?: string): Promise<HTTPResponse | null> {
  const answer = await page.goto(url, { waitUntil: 'load', ...(referer !== undefined && { referer }) });
  // The browser's driver goes on counting a request that the page before had begun and gave up: quiet is then never said.
  await page.waitForNetworkIdle({ idleTime: QUIET_MS, timeout: QUIET_PATIENCE_MS }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
  });
  await page.waitForFunction(() => !document.querySelector('[data-pdf-wait]'));
  return answer;
}

/** Through the front door: the sign-in page, then the provider's page, where `person` is chosen. */
export async function signIn(page: Page, url: string, person = 'owner'): Promise<void> {
  await visit(page, `${url}/sign-in`);
  await follow(page, 'a[href^="/sign-in/google"]');
  await follow(page, `button[value="${person}"]`);
  await page.waitForSelector('.rail');
}

async function follow(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(selector)]);
}
