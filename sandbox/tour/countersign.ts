import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const demo = z.object({
  url: z.string(),
  apiKeys: z.record(z.string(), z.string()),
  sandbox: z.record(z.string(), z.string()),
});
export type Demo = z.infer<typeof demo>;

const money = z.object({ amount: z.string(), currency: z.string() });
const listed = z.object({
  id: z.string(),
  number: z.string(),
  state: z.string(),
  total: money,
  balance: money,
  ledger: z.string().nullish(),
});
export type ListedInvoice = z.infer<typeof listed>;
const whole = listed.extend({ flags: z.array(z.object({ severity: z.string(), rule: z.string(), dismissed: z.unknown().optional() })) });
export type WholeInvoice = z.infer<typeof whole>;
const run = z.object({
  id: z.string(),
  state: z.string(),
  fetched: z.number(),
  expected: z.number().nullish(),
  setAside: z.number(),
  problem: z.string().nullish(),
});
export type Run = z.infer<typeof run>;
const connection = z.object({
  id: z.string(),
  connector: z.string(),
  label: z.string(),
  posting: z.object({ mode: z.string() }).optional(),
  locations: z.array(
    z.object({ externalId: z.string(), name: z.string(), sourceConnectionId: z.string(), ledgerConnectionId: z.string().optional() }),
  ),
});
export type Connection = z.infer<typeof connection>;
const page = z.object({ items: z.array(z.unknown()), next: z.string().nullish() });

export function readDemo(dataDir: string): Demo | undefined {
  const file = join(dataDir, 'demo.json');
  return existsSync(file) ? demo.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

/** Countersign as a script sees it: its public API with a key, and nothing else. */
export class Countersign {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async ready(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
    } catch {
      return false;
    }
  }

  async connections(): Promise<Connection[]> {
    return await this.all('/connections', connection);
  }

  /** All of them, or those in one state. */
  async invoices(state?: string): Promise<ListedInvoice[]> {
    return await this.all(`/invoices?limit=100${state ? `&state=${state}` : ''}`, listed);
  }

  async invoice(id: string): Promise<WholeInvoice> {
    return whole.parse(await this.json('GET', `/invoices/${id}`));
  }

  async startRun(connectionId: string): Promise<Run> {
    return run.parse(await this.json('POST', '/sync-runs', { connectionId }));
  }

  async run(id: string): Promise<Run> {
    return run.parse(await this.json('GET', `/sync-runs/${id}`));
  }

  /** The stored PDF and its SHA-256. */
  async document(id: string): Promise<{ bytes: Buffer; hash: string }> {
    const response = await this.request('GET', `/invoices/${id}/document.pdf`);
    return { bytes: Buffer.from(await response.arrayBuffer()), hash: (response.headers.get('etag') ?? '').replaceAll('"', '') };
  }

  async approve(id: string, documentHash: string): Promise<void> {
    await this.json('POST', `/invoices/${id}/approval`, { documentHash });
  }

  private async all<T>(path: string, item: z.ZodType<T>): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null | undefined = ''; cursor !== undefined && cursor !== null;) {
      const separator = path.includes('?') ? '&' : '?';
      const found: z.infer<typeof page> = page.parse(
        await this.json('GET', cursor === '' ? path : `${path}${separator}cursor=${encodeURIComponent(cursor)}`),
      );
      items.push(...found.items.map((each) => item.parse(each)));
      cursor = found.next;
    }
    return items;
  }

  private async json(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.request(method, path, body);
    const text = await response.text();
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  private async request(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
    return response;
  }
}
