import { join } from 'node:path';
import { DataFolder } from './data-folder.js';
import { ownerBehind } from './roles.js';

/** Whom the embedded server is made with. Makes roles and databases, copies and restores; everything else is the owner's. */
export const SUPERUSER = 'countersign_superuser';

/** The owner's URL of the embedded server of this DATA_DIR, for a command beside a running app; undefined where there is none. */
export function ownServerUrl(dataDir: string): string | undefined {
  const folder = new DataFolder(join(dataDir, 'postgres'));
  const port = folder.isInitialised ? folder.lastPort() : undefined;
  if (port === undefined) return undefined;
  return ownerBehind(new URL(`postgresql://${SUPERUSER}:${folder.superuserPassword()}@127.0.0.1:${port}/countersign`));
}
