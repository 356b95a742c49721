import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { commandOf, isAlive, waitUntilGone } from '../process/running-process.js';
import { findSystemUser, isRoot, type SystemUser } from '../process/unprivileged-user.js';
import { SPOOL } from './backup/wal-archive.js';
import { POSTGRES_MAJOR } from './postgres-programs.js';

const RECOVERY_PATIENCE_MS = 15_000;

/** Where the embedded server keeps its things: `<DATA_DIR>/postgres/{18,superuser-password,port}`. */
export class DataFolder {
  readonly cluster: string;
  private readonly passwordFile: string;
  private readonly portFile: string;
  private readonly lineageFile: string;

  constructor(
    private readonly root: string,
    major = POSTGRES_MAJOR,
  ) {
    this.cluster = join(root, String(major));
    this.passwordFile = join(root, 'superuser-password');
    this.portFile = join(root, 'port');
    this.lineageFile = join(root, 'lineage');
  }

  get isInitialised(): boolean {
    return existsSync(join(this.cluster, 'PG_VERSION'));
  }

  /**
   * PostgreSQL refuses to run as root. The account that owns existing data keeps it, else `postgres`, else `nobody`;
   * `undefined` means that we may stay who we are.
   */
  serverUser(): SystemUser | undefined {
    if (!isRoot()) return undefined;
    const owner = statSync(this.cluster, { throwIfNoEntry: false });
    if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
    const user = findSystemUser(['postgres', 'nobody']);
    if (!user)
      throw new OneSentenceError('PostgreSQL does not run as root: add an account named "postgres", or start Countersign as another user.');
    return user;
  }

  refuseOtherMajor(): void {
    const found = this.isInitialised ? readFileSync(join(this.cluster, 'PG_VERSION'), 'utf8').trim() : this.otherMajor();
    if (found === undefined || found === String(POSTGRES_MAJOR)) return;
    throw new OneSentenceError(
      `${this.root} holds the data of PostgreSQL ${found}, and Countersign now brings PostgreSQL ${POSTGRES_MAJOR}: upgrade it with ` +
        `"npm run cli -- upgrade-db --old-programs <folder of PostgreSQL ${found}>" (docs/upgrading.md says where they come from) and start again.`,
    );
  }

  otherMajor(): string | undefined {
    if (!existsSync(this.root)) return undefined;
    return readdirSync(this.root).find((name) => /^\d+$/.test(name) && existsSync(join(this.root, name, 'PG_VERSION')));
  }

  /** Makes the empty cluster folder; what an interrupted first start left there is thrown away. */
  prepare(user: SystemUser | undefined): void {
    if (!this.isInitialised) rmSync(this.cluster, { recursive: true, force: true });
    mkdirSync(this.cluster, { recursive: true, mode: 0o700 });
    if (user) chownSync(this.cluster, user.uid, user.gid);
  }

  superuserPassword(): string {
    if (existsSync(this.passwordFile)) return readFileSync(this.passwordFile, 'utf8').trim();
    if (this.isInitialised) throw new OneSentenceError(`${this.passwordFile} is missing: put the file back from a backup of DATA_DIR.`);
    const password = randomBytes(32).toString('base64url');
    writeFileSync(this.passwordFile, `${password}\n`, { mode: 0o600 });
    return password;
  }

  /** Names this folder's history in backups, so that the logs of two that were restored from one copy never mix. */
  lineage(): string {
    if (!existsSync(this.lineageFile)) writeFileSync(this.lineageFile, `${randomBytes(8).toString('hex')}\n`);
    return readFileSync(this.lineageFile, 'utf8').trim();
  }

  /** Where the server puts what it has finished of its log. */
  prepareSpool(user: SystemUser | undefined): void {
    const spool = join(this.cluster, SPOOL);
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    if (user) chownSync(spool, user.uid, user.gid);
  }

  /** The password of a folder that is being restored. */
  setSuperuserPassword(password: string): void {
    writeFileSync(this.passwordFile, `${password}\n`, { mode: 0o600 });
  }

  lastPort(): number | undefined {
    if (!existsSync(this.portFile)) return undefined;
    const port = Number.parseInt(readFileSync(this.portFile, 'utf8'), 10);
    return port > 0 && port < 65_536 ? port : undefined;
  }

  rememberPort(port: number): void {
    writeFileSync(this.portFile, `${port}\n`);
  }

  /**
   * After a kill -9 of the launcher the old server may still run: it is stopped first. A dead one leaves postmaster.pid behind,
   * and by now that number may belong to somebody else, which PostgreSQL would take for a running server.
   */
  async recover(): Promise<void> {
    const lockFile = join(this.cluster, 'postmaster.pid');
    if (!existsSync(lockFile)) return;
    const pid = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
    if (!(pid > 0) || !isAlive(pid)) return;
    if (!/postgres/.test(commandOf(pid))) {
      rmSync(lockFile, { force: true });
      return;
    }
    process.kill(pid, 'SIGINT');
    if (await waitUntilGone(pid, RECOVERY_PATIENCE_MS)) return;
    throw new OneSentenceError(`A PostgreSQL (process ${pid}) still runs on ${this.cluster} and does not stop: end it and start again.`);
  }
}
