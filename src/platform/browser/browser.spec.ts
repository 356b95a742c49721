import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type LaunchedBrowser } from './launch-browser.js';

// A real Chromium, started as the product starts it.
let launched: LaunchedBrowser;
beforeAll(async () => void (launched = await launchBrowser()), 120_000);
afterAll(() => launched?.close());

const onLinux = process.platform === 'linux';

describe('the printing browser', () => {
  it('prints a PDF with text that can be read back', async () => {
    const page = await launched.browser.newPage();
    await page.setContent('<h1>Invoice 1042</h1><p>Total 1,234.50 café 你好</p>');
    const pdf = Buffer.from(await page.pdf({ format: 'letter' }));
    await page.close();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
    const document = await getDocument({ data: new Uint8Array(pdf) }).promise;
    const { items } = await (await document.getPage(1)).getTextContent();
    expect(items.map((item) => ('str' in item ? item.str : '')).join(' ')).toContain('Total 1,234.50 café');
  });

  it.runIf(onLinux)('is not root and sees nothing of our environment', () => {
    process.env['PLANTED_SECRET'] = 'hush';
    const status = readFileSync(`/proc/${launched.pid}/status`, 'utf8');
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).not.toBe('0');
    const environment = process.getuid?.() === 0 || !launched.sandboxed ? readFileSync(`/proc/${launched.pid}/environ`, 'utf8') : '';
    expect(environment.split('\0').map((entry) => entry.split('=')[0])).not.toContain('PATH');
    const command = readFileSync(`/proc/${launched.pid}/cmdline`, 'utf8');
    expect(command).not.toMatch(/disable-web-security|single-process|remote-debugging-port/);
    expect(command.includes('--no-sandbox')).toBe(!launched.sandboxed);
  });

  it('reaches no network, not even this machine', async () => {
    let visits = 0;
    const server = createServer((_request, response) => response.end(String((visits += 1)))).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const page = await launched.browser.newPage();
      await expect(page.goto(`http://${host}:${port}/`)).rejects.toThrow(/ERR_/);
      await page.close();
    }
    server.close();
    expect(visits).toBe(0);
  });

  it('may reach this machine when a test asks for it', async () => {
    const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const other = await launchBrowser({ network: 'loopback' });
    const page = await other.browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    expect(await page.$eval('body', (body) => body.textContent)).toBe('hello');
    await expect(page.goto('http://example.com/')).rejects.toThrow(/ERR_NAME_NOT_RESOLVED/);
    await other.close();
    server.close();
  }, 30_000);

  it('tells when it dies', async () => {
    const doomed = await launchBrowser();
    const gone = new Promise((resolve) => doomed.browser.once('disconnected', resolve));
    process.kill(doomed.pid, 'SIGKILL');
    await gone;
    expect(doomed.browser.connected).toBe(false);
    await doomed.close();
  }, 30_000);

  it('says one sentence when the operator names no browser', async () => {
    await expect(launchBrowser({ chromePath: '/no/such/chromium' })).rejects.toThrow(
      'CHROME_PATH names /no/such/chromium, and there is no such file.',
    );
    for (const wrong of ['/bin/false', '/etc/passwd', '/']) {
      await expect(launchBrowser({ chromePath: wrong })).rejects.toThrow(/^The browser for printing did not start: /);
    }
  });
});
