import { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { Credentials, ExternalAccount, Grant, OAuthConnect } from '../../ports/connector.js';
import { createHttp, readJsonAnswer } from '../kit/http.js';
import { LABEL, type XeroSettings } from './descriptor.js';
import { statusError } from './errors.js';
import { headersOf } from './sdk-transport.js';

/** Granular scopes: apps made since March 2026 are refused the broad ones. */
export const SCOPES = [
  'offline_access',
  'accounting.invoices',
  'accounting.payments',
  'accounting.contacts',
  'accounting.settings.read',
  'accounting.attachments',
] as const;

const tokens = z.object({ access_token: z.string().min(1), refresh_token: z.string().min(1).optional() });

const connections = z.array(
  z.object({ tenantId: z.string(), tenantType: z.string(), tenantName: z.string().nullish(), authEventId: z.string().nullish() }),
);

const http = createHttp({ label: LABEL, timeoutMs: 30_000, reach: 'operators' });

/**
 * Our own calls: the SDK's are bound to the vendor's addresses, share one state per client, know no PKCE, give up after
 * 3.5 seconds (which loses a rotated token), and ask every organisation for its details at once.
 */
export function xeroConnect(settings: XeroSettings): OAuthConnect {
  return {
    kind: 'oauth',
    authorizeUrl: (request) => authorizeUrl(settings, request),
    exchange: (request) => exchange(settings, request),
    refresh: (credentials) => refresh(settings, credentials),
    revoke: (credentials) => revoke(settings, credentials),
  };
}

function authorizeUrl(settings: XeroSettings, request: Parameters<OAuthConnect['authorizeUrl']>[0]): string {
  const url = new URL(settings.XERO_AUTHORIZE_URL);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId(settings),
    redirect_uri: request.redirectUri,
    scope: SCOPES.join(' '),
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
  }).toString();
  return url.href;
}

async function exchange(settings: XeroSettings, request: Parameters<OAuthConnect['exchange']>[0]): Promise<Grant> {
  const { code, error } = request.query;
  if (error !== undefined) throw refusedByPerson(error);
  if (!code) throw new ConnectorError('grant_expired', `${LABEL} sent you back without a code. Connect again.`);
  const credentials = await askForTokens(settings, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: request.redirectUri,
    code_verifier: request.codeVerifier,
  });
  const accounts = await organisations(settings, credentials);
  if (accounts.length === 0)
    throw new ConnectorError('grant_expired', `No organisation was chosen in ${LABEL}. Connect again and choose one.`);
  return { credentials, accounts };
}

function refusedByPerson(error: string): ConnectorError {
  const sentence =
    error === 'access_denied'
      ? `Access to ${LABEL} was not allowed, so nothing was connected. Connect again when you are ready.`
      : `${LABEL} did not let the connection through (${error.slice(0, 100)}). Check the app's settings there and connect again.`;
  return new ConnectorError('grant_expired', sentence, { vendorCode: error.slice(0, 100) });
}

/** One call and no repetition: the lease decides about another, and the old token stays good for 30 minutes if the answer is lost. */
function refresh(settings: XeroSettings, credentials: Credentials): Promise<Credentials> {
  const refreshToken = credentials['refreshToken'] ?? '';
  return askForTokens(settings, { grant_type: 'refresh_token', refresh_token: refreshToken }, refreshToken);
}

/** Ends the grant and with it every connection that this person made for this app. */
async function revoke(settings: XeroSettings, credentials: Credentials): Promise<void> {
  const answer = await identity(settings, '/connect/revocation', { token: credentials['refreshToken'] ?? '' });
  if (answer.status !== 200) throw tokenError(answer.status, answer.data, answer.headers);
}

async function askForTokens(settings: XeroSettings, form: Record<string, string>, oldRefreshToken = ''): Promise<Credentials> {
  const answer = await identity(settings, '/connect/token', form);
  if (answer.status !== 200) throw tokenError(answer.status, answer.data, answer.headers);
  const read = tokens.safeParse(readJsonAnswer(LABEL, answer));
  if (!read.success)
    throw new ConnectorError('unreadable', `${LABEL} answered the sign-in with something else than tokens.`, { status: 200 });
  return { accessToken: read.data.access_token, refreshToken: read.data.refresh_token ?? oldRefreshToken };
}

/** With a secret the app signs in by HTTP Basic; without one it is a PKCE app and only names itself. */
function identity(settings: XeroSettings, path: string, form: Record<string, string>) {
  const id = clientId(settings);
  const secret = settings.XERO_CLIENT_SECRET;
  const body = new URLSearchParams(secret ? form : { ...form, client_id: id });
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret ?? '')}`).toString('base64');
  return http.request<string>({
    method: 'POST',
    url: `${settings.XERO_IDENTITY_URL}${path}`,
    data: body.toString(),
    idempotent: true,
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(secret && { Authorization: `Basic ${basic}` }),
    },
  });
}

async function organisations(settings: XeroSettings, credentials: Credentials): Promise<ExternalAccount[]> {
  const answer = await http.request<string>({
    method: 'GET',
    url: `${settings.XERO_API_URL}/connections`,
    headers: { Accept: 'application/json', Authorization: `Bearer ${credentials['accessToken'] ?? ''}` },
  });
  if (answer.status !== 200) throw statusError({ status: answer.status, headers: headersOf(answer.headers), body: answer.data }, false);
  const read = connections.safeParse(readJsonAnswer(LABEL, answer));
  if (!read.success) throw new ConnectorError('unreadable', `${LABEL}'s list of organisations cannot be read.`, { status: 200 });
  return read.data
    .filter((connection) => connection.tenantType === 'ORGANISATION')
    .map((connection) => ({ externalAccountId: connection.tenantId, label: connection.tenantName ?? connection.tenantId }));
}

function tokenError(status: number, body: string, headers: object): ConnectorError {
  const code = errorCode(body);
  const details = { status, ...(code !== undefined && { vendorCode: code }) };
  if (code === 'invalid_grant') return new ConnectorError('grant_expired', `The consent given in ${LABEL} has ended. Reconnect.`, details);
  if (code === 'invalid_client' || code === 'unauthorized_client') {
    return new ConnectorError(
      'unauthorized',
      `${LABEL} does not know this installation. Check XERO_CLIENT_ID and XERO_CLIENT_SECRET.`,
      details,
    );
  }
  if (code === 'invalid_scope') {
    const permission = `Allow the app these scopes: ${SCOPES.join(', ')}.`;
    return new ConnectorError('forbidden', `${LABEL} does not grant this app what it asks for. ${permission}`, { ...details, permission });
  }
  return statusError({ status, headers: headersOf(headers), body: '' }, false);
}

function errorCode(body: string): string | undefined {
  try {
    return z.object({ error: z.string().max(100) }).parse(JSON.parse(body)).error;
  } catch {
    return undefined;
  }
}

function clientId(settings: XeroSettings): string {
  if (settings.XERO_CLIENT_ID) return settings.XERO_CLIENT_ID;
  throw new ConnectorError('invalid', `This installation has no app at ${LABEL} yet. Set XERO_CLIENT_ID and XERO_CLIENT_SECRET.`);
}
