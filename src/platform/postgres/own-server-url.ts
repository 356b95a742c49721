import { join } from 'node:path';
import { DataFolder } from './data-folder.js';

export const OWNER = 'countersign_owner';

/** The owner's URL of the embedded server of this DATA_DIR, for a command beside a running app; undefined where there is none. */
export function ownServerUrl(dataDir: string): string | undefined {
  const folder = new DataFolder(join(dataDir, 'postgres'));
  const port = folder.isInitialised ? folder.lastPort() : undefined;
  return port === undefined ? undefined : `postgresql://${OWNER}:${folder.ownerPassword()}@127.0.0.1:${port}/countersign`;
}
