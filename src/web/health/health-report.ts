import { statfs } from 'node:fs/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Printing } from '../../billing/documents/printing.js';
import { PrintingBrowser } from '../../platform/browser/printing-browser.js';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import { isPlainDatabase } from '../../platform/config/plain-lines.js';
import { Mailer } from '../../platform/mail/mailer.js';
import { newestOfAnybody } from '../../platform/postgres/backup/backup-folder.js';
import { VendorTraffic } from '../../platform/telemetry/vendor-traffic.js';
import { KeyHealth } from '../../platform/vault/key-health.js';
import { AuditWatch } from '../../database/audit/audit-watch.js';
import { DatabaseHealth } from '../../database/database-health.js';
import {
  accountHealth,
  auditHealth,
  backupHealth,
  browserHealth,
  clockHealth,
  databaseHealth,
  degraded,
  diskHealth,
  down,
  ok,
  queueHealth,
  vendorHealth,
  type PartHealth,
} from './health-parts.js';

const PATIENCE_MS = 3_000;
const log = new Logger('health');

/** How each part is, from what it did last where a probe would cost somebody something. */
@Injectable()
export class InstallationHealth {
  constructor(
    private readonly database: DatabaseHealth,
    private readonly printing: Printing,
    private readonly printingBrowser: PrintingBrowser,
    private readonly traffic: VendorTraffic,
    private readonly mailer: Mailer,
    private readonly keyHealth: KeyHealth,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly audit: AuditWatch,
  ) {}

  async parts(): Promise<Record<string, PartHealth>> {
    const [database, queue, keys, clock, disk, backup, audit] = await Promise.all([
      answered(async () => databaseHealth(await this.database.answers(), isPlainDatabase(this.config.database.appUrl))),
      answered(async () => {
        const { oldestSeconds, deadLetters } = await this.database.queueNumbers();
        return queueHealth(oldestSeconds, deadLetters);
      }),
      answered(() => this.keys(), degraded),
      answered(() => this.clocks()),
      answered(() => this.disk()),
      answered(() => this.backup()),
      answered(async () => auditHealth(await this.audit.longestWait(), (await this.audit.broken()).length)),
    ]);
    const account = accountHealth(this.config.sharedAccount);
    return { database, account, queue, browser: this.browser(), mail: this.mail(), keys, clock, disk, backup, audit, ...this.vendors() };
  }

  private browser(): PartHealth {
    return browserHealth(this.printing, this.printingBrowser.sandbox);
  }

  private mail(): PartHealth {
    if (!this.mailer.isConfigured) return ok('No mail server is set, so nothing that needs one is offered.');
    if (this.mailer.lastOutcome === 'failed')
      return degraded('The mail server did not take the last e-mail. Check SMTP_URL; it will be tried again.');
    return ok(this.mailer.lastOutcome === 'sent' ? 'The mail server took the last e-mail.' : 'No e-mail has been sent since the start.');
  }

  /** Never down: people read and decide without a key. */
  private async keys(): Promise<PartHealth> {
    const { ok: seals, sentence } = await this.keyHealth.now();
    return seals ? ok(sentence) : degraded(sentence);
  }

  private async clocks(): Promise<PartHealth> {
    const ahead = new Map([['the database', await this.database.clockAheadSeconds()]]);
    for (const [connector, { clockAheadSeconds }] of this.traffic.lastOutcomes())
      if (clockAheadSeconds !== undefined) ahead.set(connector, clockAheadSeconds);
    return clockHealth(ahead);
  }

  private async disk(): Promise<PartHealth> {
    const { bavail, blocks, bsize } = await statfs(this.config.dataDir);
    return diskHealth(bavail * bsize, blocks * bsize);
  }

  private async backup(): Promise<PartHealth> {
    const { dir, at } = this.config.backup;
    return backupHealth(await newestOfAnybody(dir), at !== undefined, this.clock.now());
  }

  private vendors(): Record<string, PartHealth> {
    const now = new Date();
    return Object.fromEntries(
      [...this.traffic.lastOutcomes()].map(([connector, last]) => [`vendor ${connector}`, vendorHealth(last, now)]),
    );
  }
}

/** A part that cannot even be asked, or not in time, is down unless said otherwise; the others are told all the same. */
async function answered(ask: () => Promise<PartHealth>, otherwise: typeof down = down): Promise<PartHealth> {
  const late = new Promise<PartHealth>((resolve) => {
    setTimeout(() => resolve(otherwise(`It did not answer within ${PATIENCE_MS / 1_000} s.`)), PATIENCE_MS).unref();
  });
  const asked = ask().catch((error: unknown) => {
    log.warn({ msg: 'A part could not be asked how it is.', err: error });
    return otherwise('It could not be asked: the log says why.');
  });
  return await Promise.race([asked, late]);
}
