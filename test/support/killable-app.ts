import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { withClient } from '../../src/platform/postgres/roles.js';
import { Countersign, readDemo } from '../../sandbox/tour/countersign.js';
import { launchStart, untilReady, type Launched } from './launched.js';

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
  private launched: Launched | undefined;

  constructor(readonly dataDir: string) {}

  async start(): Promise<void> {
    this.launched = launchStart({ DATA_DIR: this.dataDir, ...IMPATIENT });
    await untilReady(this.launched);
  }

  /** kill -9; the launcher sees it and stops what it had started. The vendors keep their state. */
  async kill(): Promise<void> {
    if (!this.launched) throw new Error('Nothing is running');
    process.kill(this.demo().pids.app, 'SIGKILL');
    await this.launched.ended;
  }

  async stop(): Promise<void> {
    await this.launched?.stop();
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
