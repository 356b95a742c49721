import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Router } from 'express';
import { afterEach, expect, it } from 'vitest';
import type { VendorSandbox } from './kit/server.js';
import { startSandboxProcess, type RunningSandboxProcess } from './start.js';

const cleanup: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).toReversed()) await step();
});

function vendor(key: string): VendorSandbox {
  return {
    key,
    seed: ({ store }) => store.put('greeting', 1, `hello from ${key}`),
    routes: ({ store }) => Router().get('/greeting', (_request, response) => void response.json(store.get('greeting', 1))),
    errorBody: (status) => ({ contentType: 'text/plain', body: String(status) }),
    documents: () => [],
    page: () => key,
  };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'sandbox-start-'));
  cleanup.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function start(dataDir: string, basePort: number): Promise<RunningSandboxProcess> {
  const sandbox = await startSandboxProcess({ dataDir, basePort, seed: 1, vendors: [vendor('connectwise'), vendor('other')] });
  cleanup.push(() => sandbox.close());
  return sandbox;
}

async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  cleanup.push(() => new Promise((resolve) => server.close(resolve)));
  return server;
}

it('starts everything and says where it is', async () => {
  const { ready } = await start(folder(), 0);
  expect(Object.keys(ready.urls)).toEqual(['connectwise', 'other', 'identity', 'mailbox']);
  expect(await (await fetch(`${ready.urls['connectwise']}/greeting`)).json()).toBe('hello from connectwise');
  for (const url of Object.values(ready.urls)) expect((await fetch(url)).status).toBe(200);
  expect(ready).toMatchObject({ ready: true, pid: process.pid });
  expect(ready.environment['MICROSOFT_METADATA_URL']).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/\{tenant\}\/v2\.0\/\.well-known\//);
  expect(ready.tenant).toMatchObject({ name: 'Lumen IT', ownerEmail: 'owner@lumen.example' });
});

it('comes back on the addresses it had, and moves only what finds its port taken', async () => {
  const dataDir = folder();
  const first = await start(dataDir, 0);
  await first.close();
  const second = await start(dataDir, 0);
  expect(second.ready).toEqual(first.ready);
  await second.close();
  await occupy(Number(new URL(first.ready.urls['other'] ?? '').port));
  const third = await start(dataDir, 0);
  expect(third.ready.urls['other']).not.toBe(first.ready.urls['other']);
  expect({ ...third.ready.urls, other: '' }).toEqual({ ...first.ready.urls, other: '' });
});

it('steps aside when a preferred port is taken', async () => {
  const probe = await occupy(0);
  const base = (probe.address() as AddressInfo).port;
  const { ready } = await start(folder(), base);
  expect(ready.urls['connectwise']).not.toBe(`http://127.0.0.1:${base}`);
  expect((await fetch(`${ready.urls['connectwise']}/greeting`)).status).toBe(200);
});

it('frees every port when it closes', async () => {
  const sandbox = await start(folder(), 0);
  const addresses = [
    ...Object.values(sandbox.ready.urls),
    sandbox.ready.environment['SMTP_URL'] ?? '',
    sandbox.ready.environment['MICROSOFT_METADATA_URL'] ?? '',
  ];
  await sandbox.close();
  for (const address of addresses) {
    const refused = await new Promise((resolve) => {
      const socket = connect(Number(new URL(address).port), '127.0.0.1');
      socket.once('connect', () => resolve(socket.destroy() && false));
      socket.once('error', () => resolve(true));
    });
    expect(refused, address).toBe(true);
  }
});
