import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import helmet from 'helmet';
import type { Browser } from 'puppeteer-core';
import { launchBrowser } from '../../../src/platform/browser/launch-browser.js';
import { assetHandler } from '../../../src/web/asset-handler.js';
import { AssetLibrary } from '../../../src/web/asset-library.js';
import { CONTENT_SECURITY_POLICY } from '../../../src/web/content-security-policy.js';
import { ViewEngine } from '../../../src/web/view-engine.js';
import { sampleDocument } from './sample-document.js';
import { screens, type Screen } from './screens.js';
import { NOW } from './shell-fixture.js';

/*
 * Renders every page with rich data, serves it under the real content security policy and takes pictures of it:
 *   node test/support/gallery/run.mjs <folder> [name prefix] [1440|390] [light|dark]
 * Prints what a person would not see in a picture: console errors, blocked requests, sideways scrolling.
 */
const [folder = 'gallery', prefix = '', onlyWidth, onlyTheme] = process.argv.slice(2);
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

const assets = new AssetLibrary();
const engine = new ViewEngine({ assets, clock: { now: () => NOW }, production: true });
const launched = await launchBrowser({ network: 'loopback' });
const sample = await sampleDocument(launched.browser);
const made = screens(engine, sample.positions);
mkdirSync(folder, { recursive: true });

const app = express();
app.use(helmet({ contentSecurityPolicy: CONTENT_SECURITY_POLICY }));
app.use(assetHandler(assets));
app.get('/invoices/:id/document.pdf', (_request, response) => void response.type('pdf').send(Buffer.from(sample.bytes)));
app.get('/:name', (request, response) => {
  const screen = made.find(({ name }) => name === request.params.name);
  if (screen) response.send(screen.html);
  else response.status(404).end();
});
const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const { port } = server.address() as AddressInfo;

for (const screen of made.filter(({ name }) => name.startsWith(prefix))) {
  writeFileSync(join(folder, `${screen.name}.html`), screen.html);
  for (const size of SIZES.filter(({ width }) => onlyWidth === undefined || String(width) === onlyWidth)) {
    for (const theme of ['light', 'dark'].filter((name) => onlyTheme === undefined || name === onlyTheme))
      await picture(launched.browser, screen, size, theme);
  }
}
server.close();
await launched.close();

async function picture(browser: Browser, screen: Screen, size: { width: number; height: number }, theme: string): Promise<void> {
  const page = await browser.newPage();
  const label = `${screen.name} ${size.width} ${theme}`;
  page.on('console', (message) => ['error', 'warn'].includes(message.type()) && console.log(`${label}: ${message.text()}`));
  page.on('pageerror', (error) => console.log(`${label}: ${String(error)}`));
  page.on('response', (response) => response.status() >= 400 && console.log(`${label}: ${response.status()} ${response.url()}`));
  await page.setViewport({ ...size, deviceScaleFactor: size.width < 500 ? 2 : 1 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
  await page.goto(`http://127.0.0.1:${port}/${screen.name}`, { waitUntil: 'networkidle0' });
  await page.waitForFunction(() => !document.querySelector('[data-pdf-wait]'), { timeout: 10_000 });
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 150)));
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wider > 0) console.log(`${label}: scrolls ${wider} px sideways`);
  await page.screenshot({ path: join(folder, `${screen.name}-${size.width}-${theme}.png`) as `${string}.png` });
  await page.close();
}
