import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const keptSchema = z.object({ base: z.number(), ports: z.record(z.string(), z.number()) });

/**
 * The port of each listener: base + its offset the first time, and the one it got then ever after, so that addresses
 * the app has stored stay true. Another base forgets them. Base 0 lets the system choose.
 */
export class Ports {
  private readonly ports = new Map<string, number>();

  constructor(
    private readonly file: string,
    private readonly base: number,
  ) {
    for (const [name, port] of Object.entries(this.read())) this.ports.set(name, port);
  }

  /** `offset` undefined: no reserved port, the system chooses one the first time. */
  preferred(name: string, offset: number | undefined): number {
    return this.ports.get(name) ?? (this.base === 0 || offset === undefined ? 0 : this.base + offset);
  }

  /** Remembers where a listener ended up: its address, with a port. */
  remember(name: string, address: string): void {
    this.ports.set(name, Number(new URL(address).port));
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify({ base: this.base, ports: Object.fromEntries(this.ports) }));
  }

  private read(): Record<string, number> {
    try {
      const kept = keptSchema.parse(JSON.parse(readFileSync(this.file, 'utf8')));
      return kept.base === this.base ? kept.ports : {};
    } catch {
      return {};
    }
  }
}

/** Starts on the given ports; when one of them is taken, on free ones the system chooses. */
export async function startOnFreePorts<T, P extends number[]>(preferred: P, start: (...ports: P) => Promise<T>): Promise<T> {
  try {
    return await start(...preferred);
  } catch (error) {
    if (!isTaken(error)) throw error;
    return start(...(preferred.map(() => 0) as unknown as P));
  }
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EADDRINUSE' || code === 'EACCES';
}
