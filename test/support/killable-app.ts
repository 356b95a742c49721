import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withClient } from '../../src/platform/postgres/roles.js';
import { Countersign, readDemo } from '../../src/sandbox/tour/countersign.js';
import { z } from 'zod';
import { readFileSync } from 'node:fs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_MS = 120_000;

/** Vendors answer within two seconds or never, so that what is in doubt is so for seconds and not for minutes. */
const IMPATIENT = {
  POSTING_QUARANTINE_SECONDS: '5',
  POSTING_LEASE_SECONDS: '4',
  CONNECTWISE_TIMEOUT_MS: '2000',
  QUICKBOOKS_TIMEOUT_MS: '2000',
  XERO_TIMEOUT_MS: '2000',
};

const demoFile = z.object({ tenantId: z.string(), databaseUrl: z.string(), pids: z.object({ app: z.number() }) });

/** `npm start` on a folder of its own: the launcher, PostgreSQL, the vendors and the app, of which only the app is killed. */
export class KillableApp {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(readonly dataDir: string) {}

  async start(): Promise<void> {
    const { PATH = '', NODE_OPTIONS = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [join(ROOT, 'start.mjs')], {
      cwd: ROOT,
      env: { PATH, NODE_OPTIONS, HOME, DATA_DIR: this.dataDir, PORT: '0', SANDBOX_PORT: '0', ...IMPATIENT },
    });
    this.child = child;
    this.output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    const deadline = performance.now() + READY_MS;
    while (!/Countersign is ready/.test(this.output)) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`Countersign did not start: ${this.output}`);
      await sleep(50);
    }
  }

  /** kill -9; the launcher sees it and stops what it had started. The vendors keep their state. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child) throw new Error('Nothing is running');
    const ended = new Promise((done) => child.once('exit', done));
    process.kill(this.demo().pids.app, 'SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
  }

  client(): Countersign {
    const demo = readDemo(this.dataDir);
    return new Countersign(demo?.url ?? '', demo?.apiKeys['owner'] ?? '');
  }

  vendorUrl(key: string): string {
    return readDemo(this.dataDir)?.sandbox[key] ?? '';
  }

  /** What the schedules do within a minute is due now. */
  async wake(): Promise<void> {
    await this.query(`update schedule set next_due_at = now() where tenant_id = $1 and kind = 'post' returning id`);
  }

  async query(sql: string): Promise<unknown[]> {
    const { databaseUrl, tenantId } = this.demo();
    return await withClient(databaseUrl, async (client) => {
      await client.query('begin');
      await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
      const { rows } = await client.query<object>(sql, [tenantId]);
      await client.query('commit');
      return rows;
    });
  }

  private demo(): z.infer<typeof demoFile> {
    return demoFile.parse(JSON.parse(readFileSync(join(this.dataDir, 'demo.json'), 'utf8')));
  }
}
