import { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { Credentials, ExternalAccount, Grant, OAuthConnect } from '../../ports/connector.js';
import { createHttp, readJsonAnswer } from '../kit/http.js';
import { OAuthClient, type RefusedToken } from '../kit/oauth.js';
import { lowerCased } from '../kit/sdk-wire.js';
import { LABEL, type XeroSettings } from './descriptor.js';
import { statusError } from './errors.js';

/** Granular scopes: apps made since March 2026 are refused the broad ones. */
export const SCOPES = [
  'offline_access',
  'accounting.invoices',
  'accounting.payments',
  'accounting.contacts',
  'accounting.settings.read',
  'accounting.attachments',
] as const;

const connections = z.array(
  z.object({ tenantId: z.string(), tenantType: z.string(), tenantName: z.string().nullish(), authEventId: z.string().nullish() }),
);

const http = createHttp({ label: LABEL, timeoutMs: 30_000, reach: 'operators' });

/**
 * By openid-client and not by the SDK's own calls: those are bound to the vendor's addresses, share one state per client, know
 * no PKCE, give up after 3.5 seconds (which loses a rotated token), and ask every organisation for its details at once.
 */
export function xeroConnect(settings: XeroSettings): OAuthConnect {
  const oauth = new OAuthClient({
    label: LABEL,
    clientId: settings.XERO_CLIENT_ID,
    clientSecret: settings.XERO_CLIENT_SECRET,
    settings: ['XERO_CLIENT_ID', 'XERO_CLIENT_SECRET'],
    authorizeUrl: settings.XERO_AUTHORIZE_URL,
    tokenUrl: `${settings.XERO_IDENTITY_URL}/connect/token`,
    revokeUrl: `${settings.XERO_IDENTITY_URL}/connect/revocation`,
    scope: SCOPES.join(' '),
    pkce: true,
    refusal: scopeRefusal,
    statusError: ({ status, headers }) => statusError({ status, headers, body: '' }, false),
  });
  return {
    kind: 'oauth',
    authorizeUrl: (request) => oauth.authorizeUrl(request),
    exchange: (request) => exchange(oauth, settings, request),
    refresh: (credentials) => oauth.refresh(credentials),
    // Ends the grant and with it every connection that this person made for this app.
    revoke: (credentials) => oauth.revoke(credentials),
  };
}

async function exchange(oauth: OAuthClient, settings: XeroSettings, request: Parameters<OAuthConnect['exchange']>[0]): Promise<Grant> {
  const code = oauth.codeOf(request.query);
  if (!code) throw new ConnectorError('grant_expired', `${LABEL} sent you back without a code. Connect again.`);
  const credentials = await oauth.exchange(code, request);
  const accounts = await organisations(settings, credentials);
  if (accounts.length === 0)
    throw new ConnectorError('grant_expired', `No organisation was chosen in ${LABEL}. Connect again and choose one.`);
  return { credentials, accounts };
}

function scopeRefusal({ status, code }: RefusedToken): ConnectorError | undefined {
  if (code !== 'invalid_scope') return undefined;
  const permission = `Allow the app these scopes: ${SCOPES.join(', ')}.`;
  return new ConnectorError('forbidden', `${LABEL} does not grant this app what it asks for. ${permission}`, {
    status,
    vendorCode: code,
    permission,
  });
}

async function organisations(settings: XeroSettings, credentials: Credentials): Promise<ExternalAccount[]> {
  const answer = await http.request<string>({
    method: 'GET',
    url: `${settings.XERO_API_URL}/connections`,
    headers: { Accept: 'application/json', Authorization: `Bearer ${credentials['accessToken'] ?? ''}` },
  });
  if (answer.status !== 200) throw statusError({ status: answer.status, headers: lowerCased(answer.headers), body: answer.data }, false);
  const read = connections.safeParse(readJsonAnswer(LABEL, answer));
  if (!read.success) throw new ConnectorError('unreadable', `${LABEL}'s list of organisations cannot be read.`, { status: 200 });
  return read.data
    .filter((connection) => connection.tenantType === 'ORGANISATION')
    .map((connection) => ({ externalAccountId: connection.tenantId, label: connection.tenantName ?? connection.tenantId }));
}
