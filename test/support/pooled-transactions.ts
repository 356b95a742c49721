import { asRequest, narrowTo } from '../../src/database/caller-scope.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';

/** What a run of many transactions over one pool came to. */
export interface PoolTally {
  transactions: number;
  committed: number;
  aborted: number;
  /** Rows of somebody else that any of them saw. The only acceptable number is 0. */
  foreignRows: number;
  /** Transactions that did not see their own row, in their own role, or answered something unforeseen; the first few, in words. */
  surprises: string[];
}

export interface PoolRun {
  tx: TenantTransaction;
  /** Each has exactly one row in tenant_settings. */
  tenants: readonly string[];
  transactions: number;
  /** How many are under way at once; more than the pool has connections, so that they change hands all the time. */
  concurrency: number;
  /** One seed, one run. */
  seed: number;
}

class OnPurpose extends Error {}

/** The ways a transaction can end: as it should, by an error of ours, of the database, or with its connection gone. */
const ENDINGS = [
  'commit',
  'commit',
  'commit',
  'commit',
  'nested',
  'savepoint',
  'throw',
  'throw late',
  'sql error',
  'policy error',
  'lost connection',
] as const;
type Ending = (typeof ENDINGS)[number];
const COMMITTED: readonly Ending[] = ['commit', 'nested', 'savepoint'];

/** Runs them all and looks, in each, at every row that the role can see: without a WHERE, so that the policies alone decide. */
export async function runPooledTransactions(run: PoolRun): Promise<PoolTally> {
  const tally: PoolTally = { transactions: 0, committed: 0, aborted: 0, foreignRows: 0, surprises: [] };
  const random = mulberry32(run.seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const worker = async (): Promise<void> => {
    while (tally.transactions < run.transactions) {
      tally.transactions += 1;
      // A lost connection costs a new one: rare enough that the pool is busy with the rest.
      const wanted = pick(ENDINGS);
      const ending = wanted === 'lost connection' && random() > 0.02 ? 'throw' : wanted;
      const [tenant, other] = [pick(run.tenants), pick(run.tenants)];
      // Every third is of a limited caller, whose role and scope must not stay on the connection either.
      const limited = random() < 1 / 3;
      const work = () => one(run, { tenant, other, ending, scope: limited ? tenant : undefined }, tally);
      await (limited ? asLimitedTo(tenant, work) : work());
    }
  };
  await Promise.all(Array.from({ length: run.concurrency }, worker));
  return tally;
}

/** A request of somebody who may know of one customer; any id will do for that. */
async function asLimitedTo(customer: string, work: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    asRequest(() => {
      narrowTo({ customers: [customer], locations: [] });
      work().then(resolve, reject);
    });
  });
}

const SEEN = `select tenant_id as "tenantId", current_user::text || coalesce(current_setting('app.scope', true), '') as caller from tenant_settings`;

interface Turn {
  tenant: string;
  other: string;
  ending: Ending;
  scope: string | undefined;
}

async function one({ tx }: PoolRun, { tenant, other, ending, scope }: Turn, tally: PoolTally): Promise<void> {
  const expected = scope === undefined ? 'countersign_app' : `countersign_limited{"customers":["${scope}"],"locations":[]}`;
  const look = async (): Promise<void> => {
    const rows = await tx.query<{ tenantId: string; caller: string }>(SEEN);
    tally.foreignRows += rows.filter(({ tenantId }) => tenantId !== tenant).length;
    if (rows.length !== 1) surprise(tally, `${ending}: saw ${rows.length} rows`);
    for (const { caller } of rows) if (caller !== expected) surprise(tally, `${ending}: ran as ${caller}, not as ${expected}`);
  };
  try {
    await tx.run(tenant, async () => {
      await look();
      await END[ending](tx, tenant, other, look);
    });
    tally.committed += 1;
    if (!COMMITTED.includes(ending)) surprise(tally, `${ending}: was committed`);
  } catch (error) {
    tally.aborted += 1;
    if (!isExpected(ending, error)) surprise(tally, `${ending}: ${(error as Error).message}`);
  }
}

const END: Readonly<Record<Ending, (tx: TenantTransaction, tenant: string, other: string, look: () => Promise<void>) => Promise<void>>> = {
  commit: async (tx, tenant) => void (await tx.execute('update tenant_settings set locale = locale where tenant_id = $1', [tenant])),
  nested: async (tx, tenant, _other, look) => await tx.run(tenant, look),
  savepoint: async (tx, _tenant, _other, look) => {
    await tx.query('savepoint here');
    await tx.query('select 1 / 0').catch(() => undefined);
    await tx.query('rollback to savepoint here');
    await look();
  },
  throw: async () => await Promise.reject(new OnPurpose()),
  'throw late': async (tx, tenant, _other, look) => {
    await tx.execute('update tenant_settings set locale = $2 where tenant_id = $1', [tenant, 'never']);
    await look();
    throw new OnPurpose();
  },
  'sql error': async (tx) => void (await tx.query('select 1 / 0')),
  'policy error': async (tx, tenant, other) => {
    if (other === tenant) throw new OnPurpose();
    await tx.execute('insert into lease (tenant_id, name, holder, until) values ($1, $2, $1, now())', [other, 'forged']);
  },
  'lost connection': async (tx) => {
    // The limited role may end no connection, not even its own.
    await tx.query("select set_config('role', 'none', true)");
    await tx.query('select pg_terminate_backend(pg_backend_pid())');
  },
};

const EXPECTED: Readonly<Record<Ending, RegExp | undefined>> = {
  commit: undefined,
  nested: undefined,
  savepoint: undefined,
  throw: undefined,
  'throw late': undefined,
  'sql error': /division by zero/,
  'policy error': /row-level security policy/,
  'lost connection': /terminating connection|Connection terminated|connection/i,
};

function isExpected(ending: Ending, error: unknown): boolean {
  if (error instanceof OnPurpose) return ['throw', 'throw late', 'policy error'].includes(ending);
  return EXPECTED[ending]?.test((error as Error).message) ?? false;
}

function surprise(tally: PoolTally, words: string): void {
  if (tally.surprises.length < 10) tally.surprises.push(words);
}

/** A small generator with a seed: what went wrong once goes wrong again. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
