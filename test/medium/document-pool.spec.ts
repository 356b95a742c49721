import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserHandle, ChromiumPool, type ChromiumPoolOptions } from '../../src/billing/documents/render/chromium-pool.js';
import { launchBrowser, type LaunchOptions } from '../../src/platform/browser/launch-browser.js';
import { pdfText } from '../support/pdf-text.js';

// Real browsers, really killed; nothing is replaced.
let pools: ChromiumPool[] = [];
let launched: BrowserHandle[] = [];

function aPool(options: Partial<ChromiumPoolOptions> = {}, launchOptions: LaunchOptions = {}): ChromiumPool {
  const launch = async () => {
    const handle = await launchBrowser(launchOptions);
    launched.push(handle);
    return handle;
  };
  const pool = new ChromiumPool({ launch, pages: 1, ...options });
  pools.push(pool);
  return pool;
}

const page = (body: string) => `<!doctype html><html lang="en"><head><title>t</title></head><body>${body}</body></html>`;
/** Keeps Chromium busy: for minutes, or about a second per 6,000 rows. */
const slow = (rows = 60_000) => page(`<table>${'<tr><td>row</td><td>cell</td><td>cell</td></tr>'.repeat(rows)}</table>`);
const MINE = { tenantId: 'mine' };
const openPages = async () => (await launched.at(-1)?.browser.pages())?.length ?? 0;

beforeEach(() => {
  pools = [];
  launched = [];
});
afterEach(() => Promise.all(pools.map((pool) => pool.close())));

describe('ChromiumPool', () => {
  it('prints documents that wait for each other on one warm page', async () => {
    const pool = aPool();
    await pool.warm();
    const before = await openPages();
    const prints = await Promise.all([1, 2, 3].map((number) => pool.print(page(`Document ${number}`), MINE)));
    expect(await Promise.all(prints.map(pdfText))).toEqual(['Document 1', 'Document 2', 'Document 3']);
    expect(await openPages()).toBe(before);
    expect(launched).toHaveLength(1);
  });

  it('replaces a page after its share of documents, and the browser after its own', async () => {
    const pool = aPool({ documentsPerPage: 2, documentsPerBrowser: 4 });
    const targets = new Set<unknown>();
    for (let number = 0; number < 6; number += 1) {
      await pool.print(page('x'), MINE);
      for (const open of (await launched
        .at(-1)
        ?.browser.pages()
        .catch(() => [])) ?? [])
        targets.add(open);
    }
    expect(launched).toHaveLength(2);
    expect(launched[0]?.browser.connected).toBe(false);
    expect(launched[1]?.browser.connected).toBe(true);
  });

  it('replaces a browser that has grown', async () => {
    const pool = aPool({ browserMegabytes: 1 });
    for (let number = 0; number < 26; number += 1) await pool.print(page('x'), MINE);
    expect(launched.length).toBe(process.platform === 'linux' ? 2 : 1);
  });

  it('prints the document all the same when the browser is killed under it', async () => {
    const pool = aPool();
    await pool.print(page('warm'), MINE);
    const printing = pool.print(slow(6_000), MINE);
    setTimeout(() => process.kill(launched[0]?.pid ?? 0, 'SIGKILL'), 150);
    expect((await printing).length).toBeGreaterThan(1_000);
    expect(launched).toHaveLength(2);
  });

  it('prints the next document when a page crashed while nobody used it', async () => {
    const pool = aPool();
    await pool.warm();
    for (const open of (await launched[0]?.browser.pages()) ?? []) {
      const session = await open.createCDPSession();
      session.send('Page.crash').catch(() => undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await pdfText(await pool.print(page('still here'), MINE))).toBe('still here');
    expect(launched).toHaveLength(1);
  });

  it('gives up on a document that takes too long, and prints the next one', async () => {
    const pool = aPool({ timeoutMs: 1_500 });
    await pool.warm();
    await expect(pool.print(slow(), MINE)).rejects.toMatchObject({ name: 'TimeoutError' });
    // Whose document it was has a pause; nobody else has.
    await expect(pool.print(page('mine'), MINE)).rejects.toMatchObject({ kind: 'unavailable' });
    const patient = aPool();
    expect(await pdfText(await patient.print(page('next'), MINE))).toBe('next');
    // The same pool too, on another page or browser, as soon as the machine has caught up.
    await expect
      .poll(() => pool.print(page('again'), { tenantId: `another at ${performance.now()}` }).then(pdfText, () => ''), { timeout: 50_000 })
      .toBe('again');
  });

  it('stops on its caller\u2019s signal, in the queue and in the middle', async () => {
    const pool = aPool();
    await pool.warm();
    const [middle, queued] = [new AbortController(), new AbortController()];
    const first = pool.print(slow(), { ...MINE, signal: middle.signal });
    const second = pool.print(page('never'), { ...MINE, signal: queued.signal });
    queued.abort(new Error('not wanted any more'));
    await expect(second).rejects.toThrow('not wanted any more');
    setTimeout(() => middle.abort(new Error('stop it')), 100);
    await expect(first).rejects.toThrow('stop it');
    expect(await pdfText(await pool.print(page('next'), MINE))).toBe('next');
  });

  it('prints for others while one tenant\u2019s documents are endless', async () => {
    const pool = aPool({ pages: 2, timeoutMs: 600_000 });
    await pool.warm();
    const enough = new AbortController();
    const hostile = { tenantId: 'hostile', signal: enough.signal };
    const order: string[] = [];
    const endless = Array.from({ length: 4 }, () => pool.print(slow(), hostile).catch(() => order.push('hostile')));
    const others = ['b', 'c', 'b', 'c'].map(async (tenantId) => {
      order.push(await pdfText(await pool.print(page(tenantId), { tenantId })));
    });
    await Promise.all(others);
    // All of the others are printed, and none of the endless ones has ended yet.
    expect(order.toSorted()).toEqual(['b', 'b', 'c', 'c']);
    enough.abort(new Error('enough'));
    await Promise.all(endless);
    expect(order).toHaveLength(8);
  });

  it('finishes what it prints when it is closed, and takes nothing more', async () => {
    const pool = aPool();
    await pool.warm();
    const last = pool.print(page('last'), MINE);
    await pool.close();
    expect(await pdfText(await last)).toBe('last');
    await expect(pool.print(page('late'), MINE)).rejects.toThrow('closed');
    expect(launched[0]?.browser.connected).toBe(false);
  });

  it('says why a browser does not start, and tries again for the next document', async () => {
    let tries = 0;
    const pool = aPool({
      launch: async () => {
        tries += 1;
        if (tries === 1) throw new Error('no browser here');
        return await launchBrowser();
      },
    });
    await expect(pool.print(page('x'), MINE)).rejects.toThrow('no browser here');
    expect(await pdfText(await pool.print(page('y'), MINE))).toBe('y');
  });
});

describe('a hostile page', () => {
  let server: Server;
  let asked: string[] = [];
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('pwned');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('reaches nothing and runs nothing, even in a browser that could', async () => {
    const from = address();
    const pool = aPool({}, { network: 'loopback' });
    const html = page(`
      <link rel="stylesheet" href="${from}/link.css"><style>@import url(${from}/import.css); p { background: url(${from}/background.png) }</style>
      <img src="${from}/image.png"><iframe src="${from}/frame"></iframe><object data="${from}/object"></object><video src="${from}/video"></video>
      <script src="${from}/script.js"></script><script>document.body.textContent = 'ran'</script><img src="x" onerror="document.body.textContent = 'ran'">
      <iframe src="file:///etc/passwd"></iframe><meta http-equiv="refresh" content="0; url=${from}/refresh"><p>harmless</p>`);
    const text = await pdfText(await pool.print(html, MINE));
    expect(text).toContain('harmless');
    expect(text).not.toContain('ran');
    expect(text).not.toContain('pwned');
    expect(text).not.toContain('root:');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(asked).toEqual([]);
    expect(await pdfText(await pool.print(page('next'), MINE))).toBe('next');
  });
});
