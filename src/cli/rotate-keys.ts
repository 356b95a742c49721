import { rotateKeys } from '../connections/rotate-keys.js';
import { loadKeySettings } from '../platform/config/load-settings.js';
import { withOwnKeys } from '../platform/launcher/launcher-environment.js';
import { progressBar } from '../platform/process/progress-bar.js';
import { dataDir, ownerDatabaseUrl, type Command } from './command.js';

export const rotateKeysCommand: Command = {
  usage: `rotate-keys
      brings everything that is sealed under the first key of COUNTERSIGN_KEYS or COUNTERSIGN_KEYS_FILE, or under the newest
      version of the key service's key, while the app runs; may be stopped and started again at any time`,
  run: async () => {
    const settings = loadKeySettings(withOwnKeys(process.env, dataDir()));
    const report = await rotateKeys(await ownerDatabaseUrl(), settings, progressBar('Rotating keys'));
    console.log(`${report.rewrapped} sealed values of ${report.tenants} tenants were brought under the key ${report.current}.`);
    if (report.unreadable > 0) {
      console.error(`${report.unreadable} do not open with any key of the ring: reconnect those connections, or put the missing key back.`);
      return 1;
    }
    console.log('Nothing needs an older key any more: once every process has the new ring, take the old key out.');
    return 0;
  },
};
