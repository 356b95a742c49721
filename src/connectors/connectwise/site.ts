import { ConnectorError } from '../../ports/connector-error.js';
import type { Credentials } from '../../ports/connector.js';
import type { ConnectwiseSettings } from './descriptor.js';

/** Where one company's PSA lives. Addresses have no trailing slash; the code base ends with one, as the vendor says it. */
export interface Site {
  apiUrl: string;
  /** What people open in the browser. */
  appUrl: string;
  company: string;
  codebase: string;
}

/** The code base of installations on the customer's own servers, and the name under which every cloud knows its own. */
const STABLE_CODEBASE = 'v4_6_release/';

/**
 * The host that people sign in to, from whatever they pasted: a host, an address, or the host of the API.
 * @param allowed names that the operator opened although they are not public
 * @throws ConnectorError `invalid` for anything but a public https name: we are about to open a connection to it.
 */
export function signInHost(typed: string, allowed: readonly string[] = []): string {
  const text = typed.trim();
  const candidate = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(candidate) ? new URL(candidate) : undefined;
  const isName = url !== undefined && /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(url.hostname);
  if (!isName || url.protocol !== 'https:' || url.username !== '' || (isInner(url.hostname) && !allowed.includes(url.hostname))) {
    throw new ConnectorError('invalid', 'The site is not a web address. Enter the one you sign in at, for example na.myconnectwise.net.');
  }
  return url.host.replace(/^api-/, '');
}

function isInner(name: string): boolean {
  return /\.(?:local|localhost|internal)$/i.test(name);
}

/** In the cloud the API has a host of its own; on the customer's servers it shares the one that people sign in at. */
export function apiHost(host: string, codebase: string): string {
  const isCloud = codebase !== STABLE_CODEBASE || /\.(?:myconnectwise\.net|connectwisedev\.com)$/i.test(host);
  return isCloud ? `api-${host}` : host;
}

export function siteOf(settings: ConnectwiseSettings, credentials: Credentials, apiAddress?: string): Site {
  const host = credentials['site'] ?? '';
  const codebase = credentials['codebase'] ?? STABLE_CODEBASE;
  const apiUrl = apiAddress ?? settings.CONNECTWISE_API_URL ?? `https://${apiHost(host, codebase)}`;
  const appUrl = settings.CONNECTWISE_APP_URL ?? settings.CONNECTWISE_API_URL ?? `https://${host}`;
  return { apiUrl: apiUrl.replace(/\/+$/, ''), appUrl, company: credentials['companyId'] ?? '', codebase };
}
