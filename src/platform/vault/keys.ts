import { readFileSync, statSync } from 'node:fs';
import { hkdfSync } from 'node:crypto';
import { parseKeyRing, type Key, type KeyRing } from '../config/key-ring.js';

/** The key ring as it is now: a rotation changes it while we run. */
export interface Keys {
  ring(): KeyRing;
  /** After a key was asked for that the ring does not have: another process may know a newer ring. */
  reread(): KeyRing;
  /** A sentence about what is wrong with where the ring comes from. */
  problem(): string | undefined;
  /** As operators know it. */
  source: 'COUNTERSIGN_KEYS' | 'COUNTERSIGN_KEYS_FILE';
}

/** From the environment: changes with a restart. */
export function fixedKeys(ring: KeyRing): Keys {
  return { ring: () => ring, reread: () => ring, problem: () => undefined, source: 'COUNTERSIGN_KEYS' };
}

/** So often we look at the file without a cause. */
const LOOK_MS = 1_000;

/**
 * From a file, which is read again when it changes, so that a rotation needs no restart. What cannot be read or is no ring
 * leaves the last good one in place: whoever edits a file may be half way through.
 */
export class FileKeys implements Keys {
  readonly source = 'COUNTERSIGN_KEYS_FILE';
  private trouble: string | undefined;
  private seen: string;
  private lookAgainAt = 0;

  constructor(
    private readonly file: string,
    private good: KeyRing,
  ) {
    this.seen = this.stamp();
  }

  ring(): KeyRing {
    return performance.now() < this.lookAgainAt ? this.good : this.reread();
  }

  reread(): KeyRing {
    this.lookAgainAt = performance.now() + LOOK_MS;
    const stamp = this.stamp();
    if (stamp === this.seen && this.trouble === undefined) return this.good;
    this.seen = stamp;
    this.trouble = this.read();
    return this.good;
  }

  problem(): string | undefined {
    return this.trouble;
  }

  /** @returns what is wrong */
  private read(): string | undefined {
    try {
      const ring = parseKeyRing(readFileSync(this.file, 'utf8'), 'COUNTERSIGN_KEYS_FILE');
      if ('problems' in ring) return ring.problems.join(' ');
      this.good = ring;
      return undefined;
    } catch (error) {
      return `COUNTERSIGN_KEYS_FILE cannot be read: ${(error as Error).message}.`;
    }
  }

  /** Changes with every write and with every replacement. */
  private stamp(): string {
    const stat = statSync(this.file, { throwIfNoEntry: false, bigint: true });
    return stat ? [stat.ino, stat.mtimeNs, stat.size].join(' ') : 'gone';
  }
}

/** Where this process gets its key ring. */
export function keysOf(settings: { keys: KeyRing; keysFile: string | undefined }): Keys {
  return settings.keysFile === undefined ? fixedKeys(settings.keys) : new FileKeys(settings.keysFile, settings.keys);
}

/** @throws Error when neither the ring nor the source it came from knows the key */
export function keyNamed(keys: Keys, id: string): Key {
  const key = keys.ring().byId.get(id) ?? keys.reread().byId.get(id);
  if (!key) throw new Error('unknown key');
  return key;
}

const subkeys = new WeakMap<Key, Map<string, Buffer>>();

/** One key per use, so that what is sealed for a browser can never stand in for what is sealed in the database. */
export function subkey(key: Key, use: 'wrap v1' | 'wrap v2' | 'cookie v1'): Buffer {
  const known = subkeys.get(key) ?? new Map<string, Buffer>();
  subkeys.set(key, known);
  const made = known.get(use) ?? Buffer.from(hkdfSync('sha256', key.bytes, '', `countersign vault ${use}`, 32));
  known.set(use, made);
  return made;
}
