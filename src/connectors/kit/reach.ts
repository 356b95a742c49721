import dns from 'node:dns';
import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { isPublicAddress, isWithin, rangeOf } from './public-address.js';

export const ADDRESS_REFUSED = 'ADDRESS_REFUSED';

/** How a name becomes addresses: `dns.lookup`, with all of them. */
export type Resolver = (
  host: string,
  options: dns.LookupAllOptions,
  done: (error: Error | null, found: dns.LookupAddress[]) => void,
) => void;

export interface ReachOptions {
  /** Addresses that the operator configured: where they lead is the operator's word, and nobody else's. */
  operators?: readonly (string | undefined)[];
  /** Names, addresses and networks that the operator opened for what people type, in small letters. */
  allowed?: readonly string[];
  resolve?: Resolver;
}

/** The agents through which a host that a person typed, or that an answer named, is called. */
export interface Reach {
  httpAgent: HttpAgent;
  httpsAgent: HttpsAgent;
}

type Verdict = Error | undefined;
type Connected = (error: Error | null, stream: Duplex) => void;

/**
 * Lets requests out to public addresses only. What is judged is the address of the connection that is being opened, all that
 * the name stands for at that moment: a name that answers something else the next time (rebinding) is judged again then, and the
 * socket goes to what was judged. Plain http is for the operator's own addresses.
 */
export function reach({ operators = [], allowed = [], resolve = lookupAll }: ReachOptions): Reach {
  const own = new Set(operators.filter((url) => url !== undefined).map((url) => hostOf(new URL(url))));
  const names = new Set(allowed.filter((entry) => !isNetwork(entry)));
  const networks = allowed.filter(isNetwork);
  const judge = (host: string, address: string): Verdict => {
    if (own.has(host) || isPublicAddress(address) || isWithin(address, networks)) return undefined;
    return names.has(host) && !isWithin(address, LINK_LOCAL) ? undefined : refused(host);
  };
  const guarded = (options: ClientRequestArgs, secure: boolean): ClientRequestArgs | Error => {
    const host = bare(options.host ?? options.hostname ?? '');
    if (!secure && !own.has(host)) return refused(host);
    if (isIP(host) !== 0) return judge(host, host) ?? options;
    return { ...options, lookup: lookupJudged(resolve, judge) };
  };
  return { httpAgent: new GuardedHttp(guarded), httpsAgent: new GuardedHttps(guarded) };
}

/** `ALLOWED_PRIVATE_HOSTS`: names and networks, comma between; in small letters, as every host is compared. */
export const allowedPrivateHosts = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim().toLowerCase())
      .filter(Boolean),
  )
  .refine((parts) => parts.every((part) => isNetwork(part) || NAME.test(part)), {
    error: 'must be names like psa.example.internal or networks like 10.0.0.0/8, comma between',
  });

const NAME = /^(?=.*[a-z])[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;
/** Where clouds hand their secrets to machines; no name that an operator opens leads there. */
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];

type Guarded = (options: ClientRequestArgs, secure: boolean) => ClientRequestArgs | Error;

class GuardedHttp extends HttpAgent {
  constructor(private readonly guarded: Guarded) {
    super({ keepAlive: true, timeout: 5_000 });
  }

  override createConnection(options: ClientRequestArgs, done?: Connected): Duplex | null | undefined {
    const judged = this.guarded(options, false);
    return judged instanceof Error ? refuse(judged, done) : super.createConnection(judged, done);
  }
}

class GuardedHttps extends HttpsAgent {
  constructor(private readonly guarded: Guarded) {
    super({ keepAlive: true, timeout: 5_000 });
  }

  override createConnection(options: ClientRequestArgs, done?: Connected): Duplex | null | undefined {
    const judged = this.guarded(options, true);
    return judged instanceof Error ? refuse(judged, done) : super.createConnection(judged, done);
  }
}

function refuse(error: Error, done: Connected | undefined): undefined {
  if (done === undefined) throw error;
  process.nextTick(done, error);
  return undefined;
}

function lookupJudged(resolve: Resolver, judge: (host: string, address: string) => Verdict): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const [first] = found;
      const bad = found.map(({ address }) => judge(bare(host), address)).find((verdict) => verdict !== undefined);
      if (bad ?? !first) return done(bad ?? refused(host), '', 0);
      if (options.all === true) done(null, found);
      else done(null, first.address, first.family);
    });
  };
}

function lookupAll(host: string, options: dns.LookupAllOptions, done: Parameters<Resolver>[2]): void {
  dns.lookup(host, options, done);
}

function refused(host: string): Error {
  return Object.assign(new Error(`${host} does not lead to a public address`), { code: ADDRESS_REFUSED });
}

function isNetwork(text: string): boolean {
  try {
    rangeOf(text);
    return true;
  } catch {
    return false;
  }
}

function hostOf(url: URL): string {
  return bare(url.hostname);
}

/** As resolvers and `isIP` want it: without the brackets and the closing dot of the root. */
function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
