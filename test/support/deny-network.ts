import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { Socket, isIP } from 'node:net';

// Loaded before every test file, and before every process a test starts: a test that reaches a real vendor is a test that
// fails on a plane and charges somebody on a bad day. Only this machine may be reached.

export class NetworkDenied extends Error {
  override name = 'NetworkDenied';
  constructor(host: string) {
    super(`Tests reach this machine only, and this one tried ${host}.`);
  }
}

function isThisMachine(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === 'localhost' || host === '::1';
}

/** The host of the many ways in which `Socket.connect` is called, or undefined for a socket file. */
function hostOf(args: readonly unknown[]): string | undefined {
  // Node's own callers hand over one array of already sorted arguments.
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'object' && first !== null) {
    const { host, path } = first as { host?: string; path?: string };
    return typeof path === 'string' ? undefined : (host ?? 'localhost');
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return undefined;
  return typeof second === 'string' ? second : 'localhost';
}

const connect = Reflect.get(Socket.prototype, 'connect') as (...args: unknown[]) => Socket;
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const host = hostOf(args);
  if (host === undefined || isThisMachine(host)) return Reflect.apply(connect, this, args);
  process.nextTick(() => this.destroy(new NetworkDenied(host)));
  return this;
};

const { lookup } = dns;
dns.lookup = Object.assign((host: string, ...rest: unknown[]): void => {
  const callback = rest.at(-1) as (error: Error) => void;
  if (isThisMachine(host) || isIP(host) !== 0) return void Reflect.apply(lookup, dns, [host, ...rest]);
  process.nextTick(() => callback(new NetworkDenied(host)));
}, lookup) as typeof dns.lookup;
for (const name of ['resolve', 'resolve4', 'resolve6', 'lookup'] as const) {
  const real = dns.promises[name] as (host: string, ...rest: unknown[]) => Promise<unknown>;
  const guarded = async (host: string, ...rest: unknown[]): Promise<unknown> => {
    if (isThisMachine(host)) return Reflect.apply(real, dns.promises, [host, ...rest]);
    throw new NetworkDenied(host);
  };
  Object.assign(dns.promises, { [name]: guarded });
}
syncBuiltinESMExports();

const preload = `--import ${import.meta.url}`;
const options = process.env['NODE_OPTIONS'] ?? '';
if (!options.includes(preload)) process.env['NODE_OPTIONS'] = `${options} ${preload}`.trim();
