import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assetHandler } from './asset-handler.js';
import { AssetLibrary } from './asset-library.js';

const library = new AssetLibrary();
let server: Server;
let origin: string;

beforeAll(async () => {
  server = express().use(assetHandler(library)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

it('serves what the pages name, for ever', async () => {
  const answer = await fetch(origin + library.url('app.css'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(await answer.text()).toContain('--accent-solid');
});

it('compresses text and leaves fonts alone', async () => {
  const script = await fetch(origin + library.url('vendor/htmx.js'), { headers: { 'accept-encoding': 'br' } });
  expect(script.headers.get('content-encoding')).toBe('br');
  expect(await script.text()).toContain('htmx');
  const font = await fetch(origin + library.url('fonts/sans-400.woff2'), { headers: { 'accept-encoding': 'br' } });
  expect(font.headers.get('content-encoding')).toBeNull();
});

it('answers an address of an older build without letting it be kept', async () => {
  const answer = await fetch(`${origin}/assets/0123456789abcdef/scripts/app.js`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-cache');
});

it.each(['/assets/x/app.css', `/assets/${library.hash}/nothing.js`, `/assets/${library.hash}/..%2f..%2fasset-handler.ts`])(
  'has nothing at %s',
  async (path) => {
    expect((await fetch(origin + path)).status).toBe(404);
  },
);

it('every address that a stylesheet or module names is served', () => {
  const css = library.get('app.css')?.bytes.toString('utf8') ?? '';
  const fonts = [...css.matchAll(/url\('([^']+)'\)/g)].map(([, name]) => name ?? '');
  expect(fonts.length).toBeGreaterThan(4);
  for (const name of fonts) expect(() => library.url(name)).not.toThrow();
  expect(fonts).toContain('fonts/emoji-7.woff2');
  expect(() => library.url('scripts/nothing.js')).toThrow('there is no asset');
});
