import type { Browser, Page } from 'puppeteer';

export interface BrowserPerson {
  page: Page;
  /** Errors on the console, failed scripts and answers that are errors. A test expects none. */
  trouble: string[];
}

/** A new window of the browser. */
export async function newWindow(browser: Browser, width = 1440, height = 900): Promise<BrowserPerson> {
  const page = await browser.newPage();
  await page.setViewport({ width, height });
  const trouble: string[] = [];
  page.on('console', (message) => message.type() === 'error' && trouble.push(`${message.text()} ${message.location().url ?? ''}`));
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('response', (response) => response.status() >= 500 && trouble.push(`${response.status()} ${response.url()}`));
  return { page, trouble };
}

/** Through the front door: the sign-in page, then the provider's page, where `person` is chosen. */
export async function signIn(page: Page, url: string, person = 'owner'): Promise<void> {
  await page.goto(`${url}/sign-in`, { waitUntil: 'networkidle0' });
  await follow(page, 'a[href^="/sign-in/google"]');
  await follow(page, `button[value="${person}"]`);
  await page.waitForSelector('.rail');
}

async function follow(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForNavigation({ waitUntil: 'networkidle0' }), page.click(selector)]);
}
