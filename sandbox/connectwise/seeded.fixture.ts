import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type RunningSandbox } from '../kit/server.js';
import type { SandboxStore } from '../kit/store.js';
import type { InvoiceDoc } from './documents.js';
import { connectwiseSandbox } from './index.js';

export interface SeededPsa {
  sandbox: RunningSandbox;
  /** Stops it and removes what it held. */
  close: () => Promise<void>;
}

const SEED = 1;
const FILE = `${connectwiseSandbox.key}.sqlite`;
/** By number of invoices. Inventing the data takes longer than most tests, and the same seed gives the same bytes. */
const seeded = new Map<number, Promise<Buffer>>();

/** A PSA of its own on a free port, with its first `invoices` invoices: a pull makes one call and more for each. */
export async function startSeeded(invoices = Infinity): Promise<SeededPsa> {
  const dataDir = await mkdtemp(join(tmpdir(), 'psa-'));
  let bytes = seeded.get(invoices);
  if (!bytes) seeded.set(invoices, (bytes = seededFile(invoices)));
  await writeFile(join(dataDir, FILE), await bytes);
  const sandbox = await startSandbox(connectwiseSandbox, { dataDir, port: 0, seed: SEED });
  return {
    sandbox,
    close: async () => {
      await sandbox.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function seededFile(invoices: number): Promise<Buffer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'psa-seed-'));
  const sandbox = await startSandbox(connectwiseSandbox, { dataDir, port: 0, seed: SEED });
  sandbox.store.transaction(() => keepFirst(sandbox.store, invoices));
  await sandbox.close();
  const bytes = await readFile(join(dataDir, FILE));
  await rm(dataDir, { recursive: true });
  return bytes;
}

function keepFirst(store: SandboxStore, invoices: number): void {
  const gone = new Set(
    store
      .all<InvoiceDoc>('invoice')
      .slice(invoices)
      .map(({ id }) => id),
  );
  for (const id of gone) store.delete('invoice', id);
  for (const kind of ['time', 'expense', 'product']) {
    const rows = store.all<{ id: number; invoice: { id: number } }>(kind);
    for (const { id, invoice } of rows) if (gone.has(invoice.id)) store.delete(kind, id);
  }
}
