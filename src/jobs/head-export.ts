import { existsSync } from 'node:fs';
import { link, mkdir, open, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Clock, dayIn } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { AuditWatch } from '../database/audit/audit-watch.js';
import { headFileOf } from '../database/audit/head-file.js';

const TIMEOUT_MS = 10_000;

/** Carries the heads of all chains out of the database once a day, so that whoever owns it cannot rewrite history unseen. */
@Injectable()
export class HeadExport {
  constructor(
    private readonly watch: AuditWatch,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the day's file where this machine has none yet, and tells AUDIT_HEAD_URL. Any number of processes may call it.
   * @returns the file, when this call wrote it
   */
  async daily(): Promise<string | undefined> {
    const folder = join(this.config.dataDir, 'audit-heads');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const now = this.clock.now();
    // One file a day for all companies, so the day is none of a company's: it is that of UTC.
    const file = join(folder, `${dayIn('UTC', now)}.json`);
    if (existsSync(file)) return undefined;
    const heads = await this.watch.heads();
    const text = `${JSON.stringify(headFileOf(heads, now, this.config.keys.current), null, 2)}\n`;
    if (!(await writeOnce(file, text))) return undefined;
    try {
      await this.post(text);
    } catch (error) {
      // Nothing counts as done until it is out of the house: the next round writes and posts anew.
      await rm(file);
      throw error;
    }
    return file;
  }

  private async post(body: string): Promise<void> {
    if (this.config.auditHeadUrl === undefined) return;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(this.config.auditHeadUrl, { method: 'POST', headers, body, signal, redirect: 'error' });
    if (!answer.ok) throw new Error(`AUDIT_HEAD_URL answered ${answer.status} to the heads of the audit log`);
  }
}

/** Whole or not at all, by the first who comes. */
async function writeOnce(file: string, text: string): Promise<boolean> {
  const draft = `${file}.${uuidv7()}.draft`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await unlink(draft);
  }
}
