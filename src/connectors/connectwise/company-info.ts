import type { AxiosInstance } from 'axios';
import { z } from 'zod';
import { ConnectorError, isConnectorError } from '../../ports/connector-error.js';
import { LABEL } from './descriptor.js';

export interface CompanyInfo {
  name: string;
  /** Ends with a slash. */
  codebase: string;
}

const answer = z.object({ CompanyName: z.string().nullish(), Codebase: z.string().min(1) });

/**
 * Asks the sign-in host which code base serves a company; needs no keys.
 * @throws ConnectorError `invalid` that says whether the site or the company id is the wrong value.
 */
export async function lookUpCompany(http: AxiosInstance, appUrl: string, company: string, signal?: AbortSignal): Promise<CompanyInfo> {
  const unknown = new ConnectorError(
    'invalid',
    `${LABEL} does not know the company "${company}" at this site. Check the company id (the one you type when you sign in) and the site.`,
  );
  const response = await http
    .get<string>(`${appUrl}/login/companyinfo/${encodeURIComponent(company)}`, {
      headers: { Accept: 'application/json' },
      ...(signal && { signal }),
    })
    .catch((error: unknown) => {
      if (isConnectorError(error) && error.kind === 'unreadable') throw noSuchSite(error.details.status ?? 0);
      throw error;
    });
  const { status } = response;
  if (status === 404 || (status === 400 && /cannot route/i.test(response.data))) throw unknown;
  if (status === 429 || status >= 500) {
    throw new ConnectorError(
      'unavailable',
      `${LABEL}'s sign-in host is not answering just now (status ${status}). Try again in a minute.`,
      {
        status,
      },
    );
  }
  const body = status < 300 ? parsed(response.data) : undefined;
  if (body === null) throw unknown;
  const read = answer.safeParse(body);
  if (!read.success) throw noSuchSite(status);
  return { name: read.data.CompanyName ?? company, codebase: `${read.data.Codebase.replace(/^\/+|\/+$/g, '')}/` };
}

function noSuchSite(status: number): ConnectorError {
  const sentence = `The site does not answer like ${LABEL}. Enter the address you sign in at, for example na.myconnectwise.net.`;
  return new ConnectorError('invalid', sentence, { status });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
