import type { AxiosInstance } from 'axios';
import { ConnectorError, isConnectorError } from '../../ports/connector-error.js';
import type { Credentials, FormConnect } from '../../ports/connector.js';
import { authHeaders } from './client.js';
import { lookUpCompany } from './company-info.js';
import { LABEL, type ConnectwiseSettings } from './descriptor.js';
import { lostRoute, statusError } from './errors.js';
import { connectwiseHttp } from './http.js';
import { signInHost, siteOf } from './site.js';

const FIELDS: FormConnect['fields'] = [
  { name: 'site', label: 'Site', secret: false, placeholder: 'na.myconnectwise.net', help: 'The address you sign in at.' },
  { name: 'companyId', label: 'Company ID', secret: false, help: 'The company you type when you sign in.' },
  { name: 'publicKey', label: 'Public key', secret: false, help: 'System > Members > API Members > API Keys.' },
  { name: 'privateKey', label: 'Private key', secret: true, help: 'Shown once, when the pair of keys is made.' },
];

export function connectwiseConnect(settings: ConnectwiseSettings): FormConnect {
  return { kind: 'form', fields: FIELDS, connect: (values) => connect(settings, values) };
}

async function connect(settings: ConnectwiseSettings, values: Readonly<Record<string, string>>) {
  if (!settings.CONNECTWISE_CLIENT_ID && !settings.CONNECTWISE_API_URL) {
    const sentence = `This installation has no client id for ${LABEL}. Its operator sets CONNECTWISE_CLIENT_ID (developer.connectwise.com/ClientID).`;
    throw new ConnectorError('invalid', sentence);
  }
  const given = Object.fromEntries(FIELDS.map(({ name, label }) => [name, required(values[name], label)]));
  const site = siteHost(settings, given['site'] ?? '');
  const company = given['companyId'] ?? '';
  if (/[+:\s]/.test(company))
    throw new ConnectorError('invalid', 'The company id contains a character that none has. Enter it as you sign in.');
  const http = connectwiseHttp(settings);
  const signIn = settings.CONNECTWISE_API_URL ?? `https://${site}`;
  const info = await lookUpCompany(http, signIn, company).catch(unreachable);
  const credentials: Credentials = {
    site,
    companyId: company,
    publicKey: given['publicKey'] ?? '',
    privateKey: given['privateKey'] ?? '',
    codebase: info.codebase,
  };
  await tryKeys(http, settings, credentials);
  return { credentials, accounts: [{ externalAccountId: company.toLowerCase(), label: info.name }] };
}

function required(value: string | undefined, label: string): string {
  const text = value?.trim() ?? '';
  if (text === '') throw new ConnectorError('invalid', `${label} is empty. Fill it in.`);
  return text;
}

/** With an address of its own, the sandbox has no host that anybody signs in at. */
function siteHost(settings: ConnectwiseSettings, typed: string): string {
  return settings.CONNECTWISE_API_URL ? new URL(settings.CONNECTWISE_API_URL).host : signInHost(typed, settings.ALLOWED_PRIVATE_HOSTS);
}

function unreachable(error: unknown): never {
  if (isConnectorError(error) && error.kind === 'unavailable' && error.details.status === 0) {
    throw new ConnectorError(
      'invalid',
      `The site cannot be reached. Check its spelling: it is the address you sign in at. (${error.message})`,
    );
  }
  throw error;
}

/** The lookup needs no keys; this is the first request that does. */
async function tryKeys(http: AxiosInstance, settings: ConnectwiseSettings, credentials: Credentials): Promise<void> {
  const site = siteOf(settings, credentials);
  const headers = authHeaders(settings, site, credentials);
  const answer = await http.get<string>(`${site.apiUrl}/${site.codebase}apis/3.0/system/info`, { headers });
  if (answer.status < 300) return;
  const failed = { status: answer.status, text: answer.data, retryAfter: undefined };
  if (lostRoute(failed)) {
    const sentence =
      `${LABEL} knows this company but does not let these keys in. Check the company id, the public key and the private ` +
      `key: they have to belong together.`;
    throw new ConnectorError('invalid', sentence, { status: answer.status });
  }
  throw statusError(failed, { path: '/system/info', writes: false });
}
