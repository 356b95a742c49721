import type { HealthReport } from '../../ports/connector.js';
import { isConnectorError } from '../../ports/connector-error.js';
import type { QuickbooksClient } from './client.js';
import { readProfile } from './reference-data.js';

/** Asks for the company and its settings. Failures are reports too. */
export async function checkHealth(client: QuickbooksClient): Promise<HealthReport> {
  try {
    const profile = await readProfile(client);
    const [blocker] = profile.blockers;
    return { ok: blocker === undefined, sentence: blocker ?? `Connected to ${profile.name}.`, missing: [] };
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    const { permission } = error.details;
    const missing = permission === undefined ? [] : [{ permission, how: error.message }];
    return { ok: false, sentence: error.message, missing };
  }
}
