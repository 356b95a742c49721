import { spawn } from 'node:child_process';
import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { generate } from 'selfsigned';
import { expect, it } from 'vitest';
import { waitUntilReady } from './app-process.js';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

it('finds out that the app is ready, by http and by TLS with a certificate of another name, once it says so', async () => {
  const pair = await generate([{ name: 'commonName', value: 'billing.msp.example' }], { algorithm: 'sha256' });
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  let asked = 0;
  const answer = (_request: unknown, response: { writeHead(status: number): { end(): void } }): void => {
    asked += 1;
    response.writeHead(asked < 3 ? 503 : 200).end();
  };
  const plain = createPlain(answer);
  const secure = createSecure({ cert: pair.cert, key: pair.private }, answer);
  try {
    await waitUntilReady(`http://127.0.0.1:${await listening(plain)}/health/ready`, child);
    expect(asked).toBe(3);
    asked = 1;
    await waitUntilReady(`https://127.0.0.1:${await listening(secure)}/health/ready`, child);
    expect(asked).toBe(3);
  } finally {
    child.kill();
    plain.close();
    secure.close();
  }
});
