import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';

/**
 * Below what systems hand out by themselves (Linux from 32768 on, others from 49152 on): between finding a port and listening on it,
 * no connection and no other program is given it.
 */
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 20;

/** `wanted` when nobody listens there on loopback, else one that is free. */
export async function freePort(wanted = 0): Promise<number> {
  if (wanted > 0 && (await isPortFree(wanted))) return wanted;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, LAST);
    if (await isPortFree(port)) return port;
  }
  return (await tryPort(0)) ?? wanted;
}

export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await tryPort(port, host)) !== undefined;
}

function tryPort(port: number, host = '127.0.0.1'): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => {
      const { port: chosen } = server.address() as AddressInfo;
      server.close(() => resolve(chosen));
    });
  });
}
