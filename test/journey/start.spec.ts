import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { launchStart, untilReady, type Launched } from '../support/launched.js';

// The real launcher with everything it starts: PostgreSQL, the sandbox and the app. Nothing is replaced.
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-start-'));
const running = new Set<Launched>();

function start(env: Record<string, string>): Launched {
  const launched = launchStart({ DATA_DIR: dataDir, ...env });
  running.add(launched);
  void launched.ended.then(() => running.delete(launched));
  return launched;
}

async function startReady(): Promise<Launched & { url: string }> {
  const launched = start({});
  return { ...launched, url: await untilReady(launched) };
}

const demo = (): { pids: { app: number; sandbox: number } } => JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as never;
const postmaster = (): number => Number.parseInt(readFileSync(join(dataDir, 'postgres', '18', 'postmaster.pid'), 'utf8'), 10);

afterEach(async () => {
  for (const launched of running) await launched.stop();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('npm start', () => {
  // Each start shows as well that the end before it, whatever it was, left nothing behind that is in the way.
  it.each([
    ['the app', () => demo().pids.app, 'The app ended (SIGKILL), so everything stops.'],
    ['the sandbox', () => demo().pids.sandbox, 'The sandbox ended (SIGKILL), so everything stops.'],
    ['the database server', postmaster, 'The database server ended (SIGKILL), so everything stops.'],
  ])('ends with one sentence when %s is killed, and starts again', async (_part, pid, sentence) => {
    const { ended, output } = await startReady();
    process.kill(pid(), 'SIGKILL');
    expect(await ended).toBe(1);
    expect(output()).toContain(sentence);
  });

  it('recovers from kill -9 of itself, brings everything up, does not start twice on one DATA_DIR, and stops in order on SIGTERM', async () => {
    const killed = await startReady();
    const orphan = postmaster();
    killed.child.kill('SIGKILL');
    await killed.ended;
    const { stop, url, output } = await startReady();
    expect(postmaster()).not.toBe(orphan);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(statSync(join(dataDir, 'demo.json')).mode & 0o777).toBe(0o600);
    const environment = process.platform === 'linux' ? readFileSync(`/proc/${demo().pids.sandbox}/environ`, 'utf8') : '';
    expect(environment).not.toMatch(/DATABASE_URL|COUNTERSIGN_KEYS/);
    const second = start({});
    expect(await second.ended).toBe(1);
    expect(second.output().trim()).toMatch(/^Countersign already runs on \S+ \(process \d+\): .*\.$/);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(await stop(), output()).toBe(0);
    expect(existsSync(join(dataDir, 'postgres', '18', 'postmaster.pid'))).toBe(false);
  });

  it('says one sentence and ends with 1 when the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { ended, output } = start({ PORT: String(port) });
    expect(await ended).toBe(1);
    expect(output().trim()).toBe(`Port ${port} is taken: stop what listens there, or set PORT to a free one.`);
    server.close();
  });

  it.each([
    [{ DATA_DIR: '/dev/null' }, /^DATA_DIR cannot be used: .*$/],
    [{ PORT: 'http' }, /^PORT must be a whole number from 0 to 65535\.$/],
    [
      { SANDBOX: 'off', PUBLIC_URL: 'https://a.example', TRUSTED_PROXIES: 'loopback', SMTP_URL: 'smtp://a', MAIL_FROM: 'a@a.example' },
      /^COUNTERSIGN_KEYS is not set: .*$/,
    ],
    [{ DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/c', SANDBOX: 'on' }, /^The database cannot be reached: .*$/],
  ])('says one sentence and ends with 1 about %j', async (env, sentence) => {
    const { ended, output } = start(env);
    expect(await ended).toBe(1);
    expect(output().trim()).toMatch(sentence);
  });
});
