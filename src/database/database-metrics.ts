import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Metrics, type Reading } from '../platform/telemetry/metrics.js';
import { AuditWatch } from './audit/audit-watch.js';
import { DEAD_LETTERS, QUEUES } from './queues.js';

/** A look over all tenants is shared by whoever asks within this time. */
const FRESH_MS = 10_000;

interface QueueNumbers {
  queue: string;
  waiting: number;
  working: number;
  oldestSeconds: number;
}

/** What of the database the operator has to see: queues, dead letters, postings by state, the pool. Counts only, of all tenants together. */
@Injectable()
export class DatabaseMetrics implements OnModuleInit {
  private readonly queues = remembered(() => this.readQueues());

  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: Metrics,
    private readonly watch: AuditWatch,
  ) {}

  onModuleInit(): void {
    const { metrics } = this;
    const ofQueues = (pick: (numbers: QueueNumbers) => number) => async (): Promise<Reading> =>
      (await this.queues()).filter(({ queue }) => queue in QUEUES).map((row) => ({ labels: { queue: row.queue }, value: pick(row) }));
    metrics.gauge(
      'jobs_waiting',
      'Jobs that could be worked on now.',
      ['queue'],
      ofQueues(({ waiting }) => waiting),
    );
    metrics.gauge(
      'jobs_working',
      'Jobs being worked on.',
      ['queue'],
      ofQueues(({ working }) => working),
    );
    metrics.gauge(
      'jobs_oldest_waiting_seconds',
      'How long the oldest of them could have been worked on.',
      ['queue'],
      ofQueues(({ oldestSeconds }) => oldestSeconds),
    );
    metrics.gauge('dead_letters', 'Jobs whose last try failed.', [], async () => await this.deadLetters());
    metrics.gauge('postings', 'Writes to vendors by state, of all tenants together.', ['state'], () => this.counts('posting'));
    metrics.gauge('connections', 'Links to vendors by state, of all tenants together.', ['state'], () => this.counts('connection'));
    metrics.gauge('audit_unsealed_seconds', 'How long the oldest event of the audit log has waited for its seal.', [], () =>
      this.watch.longestWait(),
    );
    metrics.gauge('database_pool', 'Database connections of this process.', ['state'], () => this.pool());
  }

  async deadLetters(): Promise<number> {
    return (await this.queues()).find(({ queue }) => queue === DEAD_LETTERS)?.waiting ?? 0;
  }

  /** The longest that a job could have been worked on and was not. */
  async oldestWaitingSeconds(): Promise<number> {
    return Math.max(0, ...(await this.queues()).filter(({ queue }) => queue in QUEUES).map(({ oldestSeconds }) => oldestSeconds));
  }

  private async readQueues(): Promise<QueueNumbers[]> {
    return await this.dataSource.query<QueueNumbers[]>(`
      select name as queue,
             (count(*) filter (where state < 'active'))::int as waiting,
             (count(*) filter (where state = 'active'))::int as working,
             coalesce(extract(epoch from now() - min(greatest(created_on, start_after)) filter (where state < 'active')), 0)::float8
               as "oldestSeconds"
        from pgboss.job where state <= 'active' and start_after <= now() group by name`);
  }

  private readonly counts = (what: 'posting' | 'connection'): Promise<Reading> => this.readCounts().then((rows) => rowsOf(rows, what));

  private readonly readCounts = remembered(
    async () =>
      await this.dataSource.query<{ what: string; state: string; count: number }[]>(
        'select what, state, count::float8 as count from operator_counts()',
      ),
  );

  private pool(): Reading {
    const { master } = this.dataSource.driver as unknown as { master?: { totalCount: number; idleCount: number; waitingCount: number } };
    if (!master) return undefined;
    return [
      { labels: { state: 'busy' }, value: master.totalCount - master.idleCount },
      { labels: { state: 'idle' }, value: master.idleCount },
      { labels: { state: 'wanted' }, value: master.waitingCount },
    ];
  }
}

function rowsOf(rows: readonly { what: string; state: string; count: number }[], wanted: string): Reading {
  return rows.filter(({ what }) => what === wanted).map(({ state, count }) => ({ labels: { state }, value: count }));
}

/** One question at a time, and its answer for a while. A failed one is not kept. */
function remembered<T>(read: () => Promise<T>): () => Promise<T> {
  let kept: { answer: Promise<T>; at: number } | undefined;
  return async () => {
    if (kept === undefined || performance.now() - kept.at > FRESH_MS) kept = { answer: read(), at: performance.now() };
    const mine = kept;
    try {
      return await mine.answer;
    } catch (error) {
      if (kept === mine) kept = undefined;
      throw error;
    }
  };
}
