import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { SANDBOX_CODEBASE, SANDBOX_COMPANY, SANDBOX_PRIVATE_KEY, SANDBOX_PUBLIC_KEY, SANDBOX_VERSION } from './constants.js';
import { ApiError, cannotRoute, unauthenticated } from './errors.js';

/** An unknown company never reaches the application: the cloud gateway refuses it in plain text. */
export function authenticate(request: Request): void {
  const [scheme, encoded = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic') throw unauthenticated();
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const company = text.slice(0, Math.max(0, text.indexOf('+')));
  if (company.toLowerCase() !== SANDBOX_COMPANY) throw cannotRoute();
  if (!same(text.slice(company.length), `+${SANDBOX_PUBLIC_KEY}:${SANDBOX_PRIVATE_KEY}`)) throw unauthenticated();
  if (!request.header('clientId')?.trim()) {
    throw new ApiError(401, { code: 'ConnectWiseApi', message: 'A valid clientId header is required.' });
  }
}

function same(given: string, wanted: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(wanted);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** What `GET /login/companyinfo/{company}` answers; `null` with a 200 for a company nobody knows. */
export function companyInfo(company: string): object | null {
  if (company.toLowerCase() !== SANDBOX_COMPANY) return null;
  return {
    CompanyName: 'Lumen IT',
    Codebase: SANDBOX_CODEBASE,
    VersionCode: `v${SANDBOX_VERSION}`,
    VersionNumber: 'v4.6.12345',
    CompanyID: SANDBOX_COMPANY,
    IsCloud: true,
  };
}
