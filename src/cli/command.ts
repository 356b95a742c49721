import { dataDirOf } from '../platform/launcher/data-dir.js';
import { ownerUrlOf } from '../platform/postgres/roles.js';
import { ownServerUrl } from '../platform/postgres/own-server-url.js';
import { OneSentenceError } from '../platform/process/one-sentence-error.js';

/** One command of an operator. */
export interface Command {
  /** How it is called, and what it does: the lines of the help. */
  usage: string;
  /** @returns the exit code. @throws OneSentenceError for what the operator can put right */
  run: (args: string[]) => Promise<number>;
}

export function dataDir(): string {
  return dataDirOf(process.env);
}

/** The owner's address: of a server of one's own, or of the embedded one while it runs. */
export async function ownerDatabaseUrl(): Promise<string> {
  const given = process.env['DATABASE_URL'];
  const url = given ? await ownerUrlOf(given) : ownServerUrl(dataDir());
  if (!url) throw new OneSentenceError('Set DATABASE_URL to the owner of the database that Countersign uses, or DATA_DIR to its folder.');
  return url;
}

/** Where people reach this installation, without a trailing slash. */
export function publicUrl(): string {
  return (process.env['PUBLIC_URL'] ?? `http://localhost:${process.env['PORT'] ?? '3000'}`).replace(/\/+$/, '');
}
