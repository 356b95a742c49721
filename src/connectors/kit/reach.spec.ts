import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttp } from './http.js';
import { ADDRESS_REFUSED, allowedPrivateHosts, reach, type ReachOptions, type Resolver } from './reach.js';

/** Counts who comes; that somebody comes at all is what must not happen, so it speaks no TLS. */
let server: Server;
let port: number;
let visits = 0;
beforeAll(async () => {
  server = createServer((socket) => {
    visits += 1;
    socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());
beforeEach(() => void (visits = 0));

/** Answers with the next list each time, and the last one for ever. */
function answering(...lists: string[][]): Resolver & { asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolver = (host, _options, done) => {
    asked.push(host);
    const found = (lists.length > 1 ? lists.shift() : lists[0]) ?? [];
    process.nextTick(
      done,
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return Object.assign(resolve, { asked });
}

/** Tests reach this machine only, and by no other name than localhost, so one address of it stands for the world outside. */
const OUTSIDE = { allowed: ['127.0.0.2'] };

async function call(url: string, options: ReachOptions): Promise<string> {
  const http = createHttp({ label: 'Vendor', timeoutMs: 60_000, reach: reach(options) });
  try {
    return `status ${(await http.post(url, 'x')).status}`;
  } catch (error) {
    return (error as { kind: string }).kind;
  }
}

describe('a host that a person typed', () => {
  it('is not called when its name leads inside, and nothing was sent', async () => {
    const resolve = answering(['127.0.0.1']);
    expect(await call(`https://localhost:${port}/`, { resolve })).toBe('invalid');
    expect([resolve.asked, visits]).toEqual([['localhost'], 0]);
  });

  it('is not called when one of its addresses leads inside', async () => {
    expect(await call(`https://localhost:${port}/`, { ...OUTSIDE, resolve: answering(['127.0.0.2', '127.0.0.1']) })).toBe('invalid');
    expect(visits).toBe(0);
  });

  it('is judged anew each time: a name that turns inside after the first look gets no connection', async () => {
    const resolve = answering(['127.0.0.2'], ['127.0.0.1']);
    const options = { ...OUTSIDE, resolve };
    // It was let out; nobody listens there.
    expect(await call(`https://localhost:${port}/`, options)).toBe('unavailable');
    expect(await call(`https://localhost:${port}/`, options)).toBe('invalid');
    expect([resolve.asked.length, visits]).toEqual([2, 0]);
  });

  it('is connected at the very address that was judged: the name is asked once for each connection', async () => {
    const resolve = answering(['127.0.0.1'], ['10.0.0.1']);
    await call(`https://localhost:${port}/`, { resolve, allowed: ['127.0.0.0/8'] });
    expect([resolve.asked.length, visits]).toEqual([1, 1]);
  });

  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0177.0.0.1', '169.254.169.254', '[fd00:ec2::254]'])(
    'is not called as the address %s either, however it is written',
    async (host) => {
      expect(await call(`https://${host}:${port}/`, {})).toBe('invalid');
      expect(visits).toBe(0);
    },
  );

  it('is not called without TLS', async () => {
    expect(await call(`http://localhost:${port}/`, { resolve: answering(['8.8.8.8']) })).toBe('invalid');
    expect(await call(`http://127.0.0.1:${port}/`, { allowed: ['127.0.0.0/8'] })).toBe('invalid');
    expect(visits).toBe(0);
  });

  it('that leads nowhere says so', async () => {
    expect(await call('https://localhost/', { resolve: answering([]) })).toBe('invalid');
    const failing: Resolver = (_host, _options, done) => done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    expect(await call('https://localhost/', { resolve: failing })).toBe('unavailable');
  });

  it('is let in where the operator opened its name or network, but never to where clouds tell secrets', async () => {
    const inside = (address: string, allowed: string[]) => call(`https://LOCALHOST:${port}/`, { allowed, resolve: answering([address]) });
    expect(await inside('127.0.0.1', ['localhost'])).not.toBe('invalid');
    expect(await inside('127.0.0.1', ['127.0.0.1'])).not.toBe('invalid');
    expect(visits).toBe(2);
    expect(await inside('127.0.0.1', ['other.example', '10.0.0.0/8'])).toBe('invalid');
    expect(await inside('169.254.169.254', ['localhost'])).toBe('invalid');
    expect(visits).toBe(2);
  });
});

it("the operator's own address is called wherever it leads, and no other host with it", async () => {
  const operators = [`http://127.0.0.1:${port}/api`, undefined];
  expect(await call(`http://127.0.0.1:${port}/x`, { operators })).toBe('status 200');
  expect(await call(`http://127.0.0.2:${port}/x`, { operators })).toBe('invalid');
  expect(visits).toBe(1);
});

it('without a word about it only public addresses are called, and no proxy of the environment opens the way', async () => {
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${port}`;
  const failure: unknown = await createHttp({ label: 'Vendor', timeoutMs: 60_000 })
    .get(`https://127.0.0.1:${port}/`)
    .catch((error: unknown) => error);
  delete process.env['HTTPS_PROXY'];
  expect(failure).toMatchObject({ kind: 'invalid', message: expect.stringContaining('ALLOWED_PRIVATE_HOSTS') as string });
  expect(visits).toBe(0);
});

it('an agent that is asked without a way to tell throws the refusal itself', () => {
  expect(() => reach({}).httpsAgent.createConnection({ host: '127.0.0.1', port })).toThrow(
    expect.objectContaining({ code: ADDRESS_REFUSED }) as Error,
  );
});

it('what the operator opens is names and networks', () => {
  expect(allowedPrivateHosts.parse(' PSA.corp.Internal, 10.0.0.0/8,FD00::/8 ')).toEqual(['psa.corp.internal', '10.0.0.0/8', 'fd00::/8']);
  for (const bad of ['10.0.0.0/33', 'http://a.example', '*', '1.2.3', 'a b'])
    expect(allowedPrivateHosts.safeParse(bad).success, bad).toBe(false);
});
