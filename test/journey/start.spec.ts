import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';

// The real launcher with everything it starts: PostgreSQL, the sandbox and the app. Nothing is replaced.
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-start-'));
const running = new Set<ChildProcess>();

interface Started {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}

function start(env: Record<string, string>): Started {
  const { PATH = '', NODE_OPTIONS = '' } = process.env;
  const child = spawn(process.execPath, ['start.mjs'], {
    env: { PATH, NODE_OPTIONS, DATA_DIR: dataDir, PORT: '0', SANDBOX_PORT: '0', ...env },
  });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  void ended.then(() => running.delete(child));
  return { child, output: () => text, ended };
}

async function startReady(): Promise<Started & { url: string }> {
  const started = start({});
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline && running.has(started.child)) {
    const url = /Countersign is ready: (\S+)/.exec(started.output())?.[1];
    if (url !== undefined) return { ...started, url };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Not ready: ${started.output()}`);
}

const demo = (): { pids: { app: number; sandbox: number } } => JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as never;
const postmaster = (): number => Number.parseInt(readFileSync(join(dataDir, 'postgres', '18', 'postmaster.pid'), 'utf8'), 10);

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));
  }
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('npm start', () => {
  it('brings everything up, says where, and stops in order on SIGTERM', async () => {
    const { child, url, ended, output } = await startReady();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(statSync(join(dataDir, 'demo.json')).mode & 0o777).toBe(0o600);
    const environment = process.platform === 'linux' ? readFileSync(`/proc/${demo().pids.sandbox}/environ`, 'utf8') : '';
    expect(environment).not.toMatch(/DATABASE_URL|COUNTERSIGN_KEYS/);
    child.kill('SIGTERM');
    expect(await ended, output()).toBe(0);
    expect(existsSync(join(dataDir, 'postgres', '18', 'postmaster.pid'))).toBe(false);
  });

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

  it('recovers from kill -9 of itself', async () => {
    const { child, ended } = await startReady();
    const orphan = postmaster();
    child.kill('SIGKILL');
    await ended;
    const { url } = await startReady();
    expect(postmaster()).not.toBe(orphan);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('does not start twice on one DATA_DIR', async () => {
    const first = await startReady();
    const second = start({});
    expect(await second.ended).toBe(1);
    expect(second.output().trim()).toMatch(/^Countersign already runs on \S+ \(process \d+\): .*\.$/);
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
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
