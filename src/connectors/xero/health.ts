import type { CredentialLease, HealthReport } from '../../ports/connector.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { z } from 'zod';
import type { XeroClient } from './client.js';
import { LABEL } from './descriptor.js';
import { SCOPES } from './oauth.js';
import { readProfile } from './reference-data.js';

const RECONNECT = `Reconnect ${LABEL} and allow everything it asks for.`;

/** The older, broad scope that some connections still live on until September 2027, and what it covers. */
const BROAD = { scope: 'accounting.transactions', covers: ['accounting.invoices', 'accounting.payments'] };

/** Asks for the organisation, and compares what the person allowed with what we need. Failures are reports too. */
export async function checkHealth(client: XeroClient, credentials: CredentialLease): Promise<HealthReport> {
  let missing: HealthReport['missing'] = [];
  try {
    const profile = await readProfile(client);
    // After the call, since that may have renewed the token.
    const { accessToken = '' } = await credentials.current();
    missing = missingScopes(accessToken).map((permission) => ({ permission, how: RECONNECT }));
    if (missing.length > 0) return { ok: false, sentence: `Connected to ${profile.name}, but permissions are missing.`, missing };
    const [blocker] = profile.blockers;
    return { ok: blocker === undefined, sentence: blocker ?? `Connected to ${profile.name}.`, missing };
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return { ok: false, sentence: error.message, missing };
  }
}

/** Read from the token's own claims; a token without them says nothing, and then nothing is missing. */
export function missingScopes(accessToken: string): string[] {
  const claims = z.object({ scope: z.union([z.array(z.string()), z.string()]) }).safeParse(payloadOf(accessToken));
  if (!claims.success) return [];
  const granted = new Set(typeof claims.data.scope === 'string' ? claims.data.scope.split(' ') : claims.data.scope);
  if (granted.has(BROAD.scope)) for (const scope of BROAD.covers) granted.add(scope);
  return SCOPES.filter((scope) => scope !== 'offline_access' && !granted.has(scope) && !granted.has(scope.replace(/\.read$/, '')));
}

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
