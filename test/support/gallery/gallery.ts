import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { launchBrowser } from '../../../src/platform/browser/launch-browser.js';
import { openGallery } from './gallery-server.js';
import type { Screen } from './screens.js';

/*
 * Renders every page with rich data, serves it under the real content security policy and takes pictures of it:
 *   node test/support/gallery/run.mjs <folder> [name prefix] [1440|390] [light|dark]
 * Prints what a picture does not show: console errors, blocked requests, sideways scrolling.
 */
const [folder = 'gallery', prefix = '', onlyWidth, onlyTheme] = process.argv.slice(2);
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
].filter(({ width }) => onlyWidth === undefined || String(width) === onlyWidth);
const THEMES = ['light', 'dark'].filter((name) => onlyTheme === undefined || name === onlyTheme);
const SETTLE_MS = 150;

const launched = await launchBrowser({ network: 'loopback' });
const gallery = await openGallery(launched.browser);
mkdirSync(folder, { recursive: true });
for (const screen of gallery.screens.filter(({ name }) => name.startsWith(prefix))) {
  writeFileSync(join(folder, `${screen.name}.html`), screen.html);
  for (const size of SIZES) for (const theme of THEMES) await picture(screen, size, theme);
}
gallery.close();
await launched.close();

async function picture(screen: Screen, size: { width: number; height: number }, theme: string): Promise<void> {
  const page = await launched.browser.newPage();
  const label = `${screen.name} ${size.width} ${theme}`;
  tellTrouble(page, label);
  await page.setViewport({ ...size, deviceScaleFactor: size.width < 500 ? 2 : 1 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
  await page.goto(`${gallery.origin}/${screen.name}`, { waitUntil: 'networkidle0' });
  await page.waitForFunction(() => !document.querySelector('[data-pdf-wait]'), { timeout: 10_000 });
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wider > 0) console.log(`${label}: scrolls ${wider} px sideways`);
  await page.screenshot({ path: join(folder, `${screen.name}-${size.width}-${theme}.png`) as `${string}.png` });
  await page.close();
}

function tellTrouble(page: Page, label: string): void {
  page.on('console', (message) => ['error', 'warn'].includes(message.type()) && console.log(`${label}: ${message.text()}`));
  page.on('pageerror', (error) => console.log(`${label}: ${String(error)}`));
  page.on('response', (response) => response.status() >= 400 && console.log(`${label}: ${response.status()} ${response.url()}`));
}
