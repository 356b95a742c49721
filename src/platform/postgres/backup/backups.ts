import type { Logger } from 'pino';
import type { Settings } from '../../config/config.js';
import type { KeyRing } from '../../config/key-ring.js';
import type { Keys } from '../../vault/keys.js';
import { listBackups, newestBackup, prune } from './backup-folder.js';
import { readBackup } from './read-backup.js';
import { takeBackup, type RunningCluster } from './take-backup.js';
import { sealFinishedWal } from './wal-archive.js';

/** How often the spool is emptied: what is in it is lost with the machine. */
const SPOOL_MS = 5_000;
const RETRY_MS = 15 * 60_000;

export interface TakenBackup {
  file: string;
  milliseconds: number;
  pruned: number;
}

/** Takes a copy, reads all of it back, and only then lets old ones go. */
export async function backUp(running: RunningCluster, { dir, keep }: Settings['backup'], keys: KeyRing): Promise<TakenBackup> {
  const began = performance.now();
  const file = await takeBackup(running, dir, keys, () => new Date());
  await readBackup(file, keys);
  const pruned = await prune(dir, keep);
  return { file, milliseconds: Math.round(performance.now() - began), pruned };
}

/** The latest moment, now or before, at which a copy was due. */
function lastDue(at: string, now: Date): Date {
  const [hours = 0, minutes = 0] = at.split(':').map((part) => Number.parseInt(part, 10));
  const due = new Date(now);
  due.setUTCHours(hours, minutes, 0, 0);
  if (due > now) due.setUTCDate(due.getUTCDate() - 1);
  return due;
}

/**
 * Seals the finished log every few seconds, and once a day the whole; what was missed is made up for at the next start. Each time
 * under the ring as it is then: a rotation must not leave copies that only the retired key opens.
 */
export class BackupSchedule {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private notBefore = 0;

  constructor(
    private readonly running: RunningCluster,
    private readonly settings: Settings['backup'],
    private readonly keys: Keys,
    private readonly log: Pick<Logger, 'info' | 'error'>,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.tick(), SPOOL_MS);
    this.tick();
  }

  /** Waits for what is under way, and takes the rest of the finished log along. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
    await this.sealWal();
  }

  private tick(): void {
    this.working ??= this.work().finally(() => (this.working = undefined));
  }

  private async work(): Promise<void> {
    await this.sealWal();
    try {
      if (await this.isDue()) {
        const { file, milliseconds, pruned } = await backUp(this.running, this.settings, this.keys.ring());
        this.log.info({ file, ms: milliseconds, pruned }, 'A backup was made and read back.');
      }
    } catch (error) {
      this.notBefore = Date.now() + RETRY_MS;
      this.log.error({ err: error }, 'No backup could be made. It is tried again in 15 minutes; older ones stay.');
    }
  }

  private async isDue(): Promise<boolean> {
    const { at, dir } = this.settings;
    if (at === undefined || Date.now() < this.notBefore) return false;
    const newest = await newestBackup(dir);
    return newest === undefined || newest < lastDue(at, new Date()) || !(await this.isOurs());
  }

  /** A restored folder begins a history of its own, which older copies do not belong to. */
  private async isOurs(): Promise<boolean> {
    return (await listBackups(this.settings.dir)).some(({ header }) => header?.lineage === this.running.lineage);
  }

  private async sealWal(): Promise<void> {
    try {
      await sealFinishedWal(this.running, this.settings.dir, this.keys.ring(), new Date());
    } catch (error) {
      this.log.error({ err: error }, 'The log could not be archived. It waits beside the database and is tried again.');
    }
  }
}
