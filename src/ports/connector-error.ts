/**
 * The closed vocabulary in which every connector says what went wrong; vendors translate, the engine decides.
 * unauthorized: credentials were refused though just renewed · grant_expired: a person must reconnect · forbidden: a
 * permission is missing · not_found · rate_limited: the vendor asks us to wait · unavailable: nothing was written, try
 * later · invalid: the vendor read it and says no · unreadable: its answer is not what it promised (bad JSON, too large) ·
 * outcome_unknown: a write was on the wire and nobody can say whether it landed.
 */
export const CONNECTOR_ERROR_KINDS = [
  'unauthorized',
  'grant_expired',
  'forbidden',
  'not_found',
  'rate_limited',
  'unavailable',
  'invalid',
  'unreadable',
  'outcome_unknown',
] as const;
export type ConnectorErrorKind = (typeof CONNECTOR_ERROR_KINDS)[number];

export interface ConnectorErrorDetails {
  /** HTTP status, 0 when no answer came. */
  status?: number;
  /** The vendor's own words, whitelisted by the connector: no token, no payload. At most 1,000 characters. */
  vendorWords?: string;
  vendorCode?: string;
  retryAfterMs?: number;
  /** For `forbidden`: what to grant, and where. */
  permission?: string;
}

export class ConnectorError extends Error {
  constructor(
    readonly kind: ConnectorErrorKind,
    /** What happened, what it means, what to do: fit for a page. */
    message: string,
    readonly details: ConnectorErrorDetails = {},
  ) {
    super(message);
    this.name = 'ConnectorError';
  }
}

export function isConnectorError(error: unknown): error is ConnectorError {
  return error instanceof ConnectorError;
}

/** What was asked for is not for us, or not there at all: of a list that one can do without, all that a vendor has to say. */
export function isNotForUs(error: unknown): error is ConnectorError {
  return isConnectorError(error) && (error.kind === 'forbidden' || error.kind === 'not_found');
}
