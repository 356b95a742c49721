import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, type LaunchedBrowser } from '../../src/platform/browser/launch-browser.js';
import { newWindow, signIn, visit } from '../support/browser-person.js';
import { startApp, type RunningApp } from '../support/running-app.js';

/* A passkey by hand, with the browser's own authenticator that has a real key, on everything that `npm start` starts. */
let app: RunningApp;
let launched: LaunchedBrowser;
let page: Page;
let trouble: string[];

beforeAll(async () => {
  app = await startApp();
  launched = await launchBrowser({ network: 'loopback' });
  ({ page, trouble } = await newWindow(launched.browser));
  const devtools = await page.createCDPSession();
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
});
afterAll(async () => {
  await launched.close();
  await app.stop();
});

const click = (selector: string) => Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(selector)]);
const path = () => new URL(page.url()).pathname;

it('is added, demanded of everybody, and asked for at the next sign-in', async () => {
  await signIn(page, app.url);
  await visit(page, `${app.url}/settings/account`);
  await page.type('#passkey-name', 'Test laptop');
  await click('form[data-passkey=add] button');
  expect(path()).toBe('/sign-in/passkey/codes');
  expect(await page.$$('.recovery-codes li')).toHaveLength(10);
  await click('a.button.primary');
  expect(await page.$eval('input[name=name][value]', (field) => field.getAttribute('value'))).toBe('Test laptop');

  await visit(page, `${app.url}/settings/security`);
  await page.click('input[name=secondFactor][value=everyone]');
  await click('.card-foot button.primary');
  expect(new URL(page.url()).search).toBe('?saved=yes');

  await page.deleteCookie(...(await page.cookies()));
  await visit(page, `${app.url}/sign-in`);
  await click('a[href^="/sign-in/google"]');
  await click('button[value="owner"]');
  expect(path()).toBe('/sign-in/confirm');
  await click('form[data-passkey=confirm] button');
  await page.waitForSelector('.rail');
  expect(trouble).toEqual([]);
});
