import type { BrowserSandbox } from '../../platform/browser/printing-browser.js';
import type { LastOutcome } from '../../platform/telemetry/vendor-traffic.js';

export type Condition = 'ok' | 'degraded' | 'down';

export interface PartHealth {
  condition: Condition;
  /** What is the case, and where it is not well what to do. */
  sentence: string;
}

const MOST_SKEW_SECONDS = 5;
const OLDEST_JOB_SECONDS = 300;
const OLDEST_BACKUP_HOURS = 26;
const GIGABYTE = 1_000_000_000;

export const ok = (sentence: string): PartHealth => ({ condition: 'ok', sentence });
export const degraded = (sentence: string): PartHealth => ({ condition: 'degraded', sentence });
export const down = (sentence: string): PartHealth => ({ condition: 'down', sentence });

/** The worst of all. */
export function overall(parts: readonly PartHealth[]): Condition {
  const has = (condition: Condition): boolean => parts.some((part) => part.condition === condition);
  return has('down') ? 'down' : has('degraded') ? 'degraded' : 'ok';
}

/** Longer than any seal takes while somebody seals. */
const UNSEALED_SECONDS = 60;

export function queueHealth(oldestSeconds: number, deadLetters: number): PartHealth {
  if (oldestSeconds > OLDEST_JOB_SECONDS)
    return degraded(`A job has waited for ${Math.round(oldestSeconds)} s. Check that a process with ROLE=worker or all runs.`);
  if (deadLetters > 0) return degraded(`${deadLetters} jobs failed for good. The log of the day they failed says why.`);
  return ok('Jobs are taken as they come.');
}

/** Seconds that the oldest event has waited for its seal, and chains that do not hold. */
export function auditHealth(oldestUnsealedSeconds: number, broken: number): PartHealth {
  if (broken > 0)
    return degraded(`The audit log of ${broken} tenants does not hold: run "npm run cli -- verify-audit" and keep a copy of the database.`);
  if (oldestUnsealedSeconds > UNSEALED_SECONDS)
    return degraded(
      `An event of the audit log has waited for its seal for ${Math.round(oldestUnsealedSeconds)} s. Check that a process with ROLE=worker or all runs.`,
    );
  return ok('What was done is sealed within seconds.');
}

export function browserHealth({ lastFailure, printed }: { lastFailure: boolean; printed: number }, sandbox: BrowserSandbox): PartHealth {
  if (sandbox === 'refused')
    return degraded('Chromium’s own sandbox does not work here, so no document is printed. Mend that, or set CHROME_NO_SANDBOX=on.');
  if (lastFailure) return degraded('The last document could not be printed. Opening it again tries again; the log says why.');
  const said = printed === 0 ? 'No document has been printed since the start.' : 'The last document was printed.';
  return ok(sandbox === 'off' ? `${said} Chromium runs without its own sandbox, which this system does not allow it.` : said);
}

/** @param plain whether what is said to the database could be read on its way, which the operator has allowed */
export function databaseHealth(answers: boolean, plain: boolean): PartHealth {
  if (!answers) return down('It does not answer: look at its server.');
  return ok(plain ? 'It answers, over a line to another machine that nobody encrypts (DATABASE_TLS=off).' : 'It answers.');
}

/** @param sharedBecause why the app runs under the account that knows the password of the database’s owner; undefined when it does not */
export function accountHealth(sharedBecause: string | undefined): PartHealth {
  if (sharedBecause === undefined) return ok('The app’s account cannot read the password of the database’s owner.');
  return ok(
    `The app runs under the account that knows the password of the database’s owner: ${sharedBecause}. ` +
      'Who takes the app over has the whole database. See docs/operating.md, "Accounts".',
  );
}

export function vendorHealth({ status, at }: LastOutcome, now: Date): PartHealth {
  const ago = `${Math.max(0, Math.round((now.getTime() - at.getTime()) / 1_000))} s ago`;
  if (status === 0) return degraded(`It did not answer the last request, ${ago}. Work waits and goes on by itself.`);
  if (status >= 500) return degraded(`It answered the last request, ${ago}, with ${status}. Work waits and goes on by itself.`);
  if (status === 429) return degraded(`It asked for a pause, ${ago}.`);
  return ok(`It answered the last request, ${ago}, with ${status}.`);
}

/** @param ahead our clock minus the other's, in seconds, by who has the other clock */
export function clockHealth(ahead: ReadonlyMap<string, number>): PartHealth {
  const off = [...ahead].filter(([, seconds]) => Math.abs(seconds) > MOST_SKEW_SECONDS);
  if (off.length === 0) return ok('Our clock agrees with the others that we hear of.');
  const said = off.map(([who, seconds]) => `${Math.abs(Math.round(seconds))} s ${seconds > 0 ? 'ahead of' : 'behind'} ${who}`);
  return degraded(`Our clock is ${said.join(' and ')}. Set it by NTP; sign-in and schedules depend on it.`);
}

export function diskHealth(free: number, total: number): PartHealth {
  const said = `${(Math.floor((free / GIGABYTE) * 10) / 10).toString()} GB of DATA_DIR’s disk are free`;
  if (free < GIGABYTE / 5) return down(`${said}. The database is about to stop: make room.`);
  if (free < GIGABYTE || free / total < 0.05) return degraded(`${said}. Make room soon.`);
  return ok(`${said}.`);
}

/** @param newest undefined without any; @param expected whether copies are made here */
export function backupHealth(newest: Date | undefined, expected: boolean, now: Date): PartHealth {
  if (newest === undefined)
    return expected
      ? degraded('There is no backup yet. The first is made at BACKUP_AT, or at once by "npm run cli -- backup".')
      : ok('No backups are expected here: the sandbox, BACKUP_AT=off, or a database server with its own.');
  const hours = (now.getTime() - newest.getTime()) / 3_600_000;
  const said = `The newest backup is ${hours < 1 ? 'less than an hour' : `${Math.floor(hours)} h`} old`;
  return hours > OLDEST_BACKUP_HOURS ? degraded(`${said}. Look into the log for why there is no newer one.`) : ok(`${said}.`);
}
