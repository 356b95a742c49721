import { z } from 'zod';
import type { ConnectorDescriptor } from '../../ports/connector.js';

/** An address without a trailing slash, so that paths can be put behind it. */
const address = z.url().transform((text) => text.replace(/\/+$/, ''));

const xeroEnvironment = z.object({
  XERO_API_URL: address.default('https://api.xero.com'),
  XERO_AUTHORIZE_URL: address.default('https://login.xero.com/identity/connect/authorize'),
  XERO_IDENTITY_URL: address.default('https://identity.xero.com'),
  /** Where people look at documents; deep links go there. */
  XERO_APP_URL: address.default('https://go.xero.com'),
  XERO_CLIENT_ID: z.string().optional(),
  XERO_CLIENT_SECRET: z.string().optional(),
  XERO_WEBHOOK_KEY: z.string().optional(),
  /** For a whole exchange. The quarantine of unknown postings has to be longer than this. */
  XERO_TIMEOUT_MS: z.coerce.number().int().min(100).max(100_000).default(60_000),
  /** 1,000 on the app plan Starter, 5,000 on every larger one. */
  XERO_CALLS_PER_DAY: z.coerce.number().int().min(1).default(1_000),
});
export type XeroSettings = z.output<typeof xeroEnvironment>;

export const LABEL = 'Xero';

export const xeroDescriptor = {
  key: 'xero',
  label: LABEL,
  capabilities: { billingSource: false, accountingLedger: true, paymentSink: false },
  limits: { perMinute: 60, perDay: 1_000, inFlight: 5, appPerMinute: 10_000 },
  environment: xeroEnvironment,
  defaultIntervals: { settle: 60 },
} as const satisfies ConnectorDescriptor;
