import { z } from 'zod';
import { ConnectorError, isConnectorError } from '../../ports/connector-error.js';
import type { Credentials, ExternalAccount, Grant, OAuthConnect } from '../../ports/connector.js';
import { createHttp, readJsonAnswer } from '../kit/http.js';
import { LABEL, type QuickbooksSettings } from './descriptor.js';
import { statusError } from './errors.js';
import { companyRow } from './types.js';

export const SCOPE = 'com.intuit.quickbooks.accounting';

const tokens = z.object({ access_token: z.string().min(1), refresh_token: z.string().min(1).optional() });

const http = createHttp({ label: LABEL, timeoutMs: 30_000, reach: 'operators' });

/**
 * Our own calls: the vendor's client keeps its addresses in process-wide statics, has no time-out on token calls, repeats
 * them by itself (a code that comes twice takes back the tokens of the first), and its errors carry our secret.
 */
export function quickbooksConnect(settings: QuickbooksSettings): OAuthConnect {
  return {
    kind: 'oauth',
    authorizeUrl: (request) => authorizeUrl(settings, request),
    exchange: (request) => exchange(settings, request),
    refresh: (credentials) => refresh(settings, credentials),
    revoke: (credentials) => revoke(settings, credentials),
  };
}

/** There is no PKCE here, so the code challenge stays at home; the app signs in with its secret. */
function authorizeUrl(settings: QuickbooksSettings, request: Parameters<OAuthConnect['authorizeUrl']>[0]): string {
  const url = new URL(settings.QUICKBOOKS_AUTHORIZE_URL);
  url.search = new URLSearchParams({
    client_id: clientId(settings),
    response_type: 'code',
    scope: SCOPE,
    redirect_uri: request.redirectUri,
    state: request.state,
  }).toString();
  return url.href;
}

/** The company's id stands only on the callback; the tokens do not name it. */
async function exchange(settings: QuickbooksSettings, request: Parameters<OAuthConnect['exchange']>[0]): Promise<Grant> {
  const { code, error, realmId } = request.query;
  if (error !== undefined) throw refusedByPerson(error);
  if (!code || !realmId || !/^\d{1,25}$/.test(realmId)) {
    throw new ConnectorError('grant_expired', `${LABEL} sent you back without a code and a company. Connect again.`);
  }
  const credentials = await askForTokens(settings, { grant_type: 'authorization_code', code, redirect_uri: request.redirectUri });
  return { credentials, accounts: [await company(settings, credentials, realmId)] };
}

function refusedByPerson(error: string): ConnectorError {
  const sentence =
    error === 'access_denied'
      ? `Access to ${LABEL} was not allowed, so nothing was connected. Connect again when you are ready.`
      : `${LABEL} did not let the connection through (${error.slice(0, 100)}). Check the app's settings there and connect again.`;
  return new ConnectorError('grant_expired', sentence, { vendorCode: error.slice(0, 100) });
}

/** One call and no repetition: the lease decides about another, and the old value lasts a day if the answer is lost. */
function refresh(settings: QuickbooksSettings, credentials: Credentials): Promise<Credentials> {
  const refreshToken = credentials['refreshToken'] ?? '';
  return askForTokens(settings, { grant_type: 'refresh_token', refresh_token: refreshToken }, refreshToken);
}

/** Ends the whole grant. A token that is no longer known is as good as revoked. */
async function revoke(settings: QuickbooksSettings, credentials: Credentials): Promise<void> {
  const answer = await identity(settings, settings.QUICKBOOKS_REVOKE_URL, { token: credentials['refreshToken'] ?? '' });
  if (answer.status !== 200 && answer.status !== 400) throw tokenError(answer.status, answer.data);
}

async function askForTokens(settings: QuickbooksSettings, form: Record<string, string>, oldRefreshToken = ''): Promise<Credentials> {
  const answer = await identity(settings, settings.QUICKBOOKS_TOKEN_URL, form);
  if (answer.status !== 200) throw tokenError(answer.status, answer.data);
  const read = tokens.safeParse(readJsonAnswer(LABEL, answer));
  if (!read.success) {
    throw new ConnectorError('unreadable', `${LABEL} answered the sign-in with something else than tokens.`, { status: 200 });
  }
  return { accessToken: read.data.access_token, refreshToken: read.data.refresh_token ?? oldRefreshToken };
}

function identity(settings: QuickbooksSettings, url: string, form: Record<string, string>) {
  const basic = Buffer.from(`${clientId(settings)}:${settings.QUICKBOOKS_CLIENT_SECRET ?? ''}`).toString('base64');
  return http.request<string>({
    method: 'POST',
    url,
    data: new URLSearchParams(form).toString(),
    idempotent: true,
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `Basic ${basic}`,
    },
  });
}

/** The code is spent by now, so a company that does not tell its name is connected under its number. */
async function company(settings: QuickbooksSettings, credentials: Credentials, realmId: string): Promise<ExternalAccount> {
  try {
    const answer = await http.request<string>({
      method: 'GET',
      url: `${settings.QUICKBOOKS_API_URL}/v3/company/${realmId}/companyinfo/${realmId}?minorversion=75`,
      headers: { Accept: 'application/json', Authorization: `Bearer ${credentials['accessToken'] ?? ''}` },
    });
    if (answer.status === 403) throw statusError({ status: 403, headers: {}, body: '' }, false);
    const read = z.object({ CompanyInfo: companyRow }).safeParse(answer.status === 200 ? readJsonAnswer(LABEL, answer) : {});
    if (read.success) return { externalAccountId: realmId, label: read.data.CompanyInfo.CompanyName };
  } catch (error) {
    // A company that this consent does not open: its number on the callback was not given by the vendor.
    if (!isConnectorError(error) || error.kind === 'grant_expired') throw error;
  }
  return { externalAccountId: realmId, label: `${LABEL} company ${realmId}` };
}

function tokenError(status: number, body: string): ConnectorError {
  const code = errorCode(body);
  const details = { status, ...(code !== undefined && { vendorCode: code }) };
  if (code === 'invalid_grant') return new ConnectorError('grant_expired', `The consent given in ${LABEL} has ended. Reconnect.`, details);
  if (code === 'invalid_client' || code === 'unauthorized_client' || status === 401) {
    const sentence = `${LABEL} does not know this installation. Check QUICKBOOKS_CLIENT_ID and QUICKBOOKS_CLIENT_SECRET.`;
    return new ConnectorError('unauthorized', sentence, details);
  }
  return statusError({ status, headers: {}, body: '' }, false);
}

function errorCode(body: string): string | undefined {
  try {
    return z.object({ error: z.string().max(100) }).parse(JSON.parse(body)).error;
  } catch {
    return undefined;
  }
}

function clientId(settings: QuickbooksSettings): string {
  if (settings.QUICKBOOKS_CLIENT_ID) return settings.QUICKBOOKS_CLIENT_ID;
  throw new ConnectorError(
    'invalid',
    `This installation has no app at ${LABEL} yet. Set QUICKBOOKS_CLIENT_ID and QUICKBOOKS_CLIENT_SECRET.`,
  );
}
