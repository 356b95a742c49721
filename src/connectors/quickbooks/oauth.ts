import { z } from 'zod';
import { ConnectorError, isConnectorError } from '../../ports/connector-error.js';
import type { Credentials, ExternalAccount, Grant, OAuthConnect } from '../../ports/connector.js';
import { createHttp, readJsonAnswer } from '../kit/http.js';
import { OAuthClient } from '../kit/oauth.js';
import { LABEL, type QuickbooksSettings } from './descriptor.js';
import { statusError } from './errors.js';
import { companyRow } from './types.js';

const SCOPE = 'com.intuit.quickbooks.accounting';

const http = createHttp({ label: LABEL, timeoutMs: 30_000, reach: 'operators' });

/**
 * By openid-client and not by the vendor's own: that keeps its addresses in process-wide statics, has no time-out on token
 * calls, repeats them by itself (a code that comes twice takes back the tokens of the first), and its errors carry our secret.
 */
export function quickbooksConnect(settings: QuickbooksSettings): OAuthConnect {
  const oauth = new OAuthClient({
    label: LABEL,
    clientId: settings.QUICKBOOKS_CLIENT_ID,
    clientSecret: settings.QUICKBOOKS_CLIENT_SECRET,
    settings: ['QUICKBOOKS_CLIENT_ID', 'QUICKBOOKS_CLIENT_SECRET'],
    authorizeUrl: settings.QUICKBOOKS_AUTHORIZE_URL,
    tokenUrl: settings.QUICKBOOKS_TOKEN_URL,
    revokeUrl: settings.QUICKBOOKS_REVOKE_URL,
    scope: SCOPE,
    // There is none here: the code challenge stays at home, and the app signs in with its secret.
    pkce: false,
    refusal: () => undefined,
    statusError: ({ status }) => statusError({ status, headers: {}, body: '' }, false),
  });
  return {
    kind: 'oauth',
    authorizeUrl: (request) => oauth.authorizeUrl(request),
    exchange: (request) => exchange(oauth, settings, request),
    refresh: (credentials) => oauth.refresh(credentials),
    revoke: (credentials) => oauth.revoke(credentials, [400]),
  };
}

/** The company's id stands only on the callback; the tokens do not name it. */
async function exchange(
  oauth: OAuthClient,
  settings: QuickbooksSettings,
  request: Parameters<OAuthConnect['exchange']>[0],
): Promise<Grant> {
  const code = oauth.codeOf(request.query);
  const { realmId } = request.query;
  if (!code || !realmId || !/^\d{1,25}$/.test(realmId)) {
    throw new ConnectorError('grant_expired', `${LABEL} sent you back without a code and a company. Connect again.`);
  }
  const credentials = await oauth.exchange(code, request);
  return { credentials, accounts: [await company(settings, credentials, realmId)] };
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
