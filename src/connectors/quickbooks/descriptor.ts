import { z } from 'zod';
import type { ConnectorDescriptor } from '../../ports/connector.js';

/** An address without a trailing slash, so that paths can be put behind it. */
const address = z.url().transform((text) => text.replace(/\/+$/, ''));

const quickbooksEnvironment = z.object({
  QUICKBOOKS_API_URL: address.default('https://quickbooks.api.intuit.com'),
  QUICKBOOKS_AUTHORIZE_URL: address.default('https://appcenter.intuit.com/connect/oauth2'),
  QUICKBOOKS_TOKEN_URL: address.default('https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer'),
  QUICKBOOKS_REVOKE_URL: address.default('https://developer.api.intuit.com/v2/oauth2/tokens/revoke'),
  /** Where people look at documents; deep links go there. */
  QUICKBOOKS_APP_URL: address.default('https://app.qbo.intuit.com/app'),
  QUICKBOOKS_CLIENT_ID: z.string().optional(),
  QUICKBOOKS_CLIENT_SECRET: z.string().optional(),
  /** The verifier token of the app's webhooks; it is not the client secret. */
  QUICKBOOKS_WEBHOOK_TOKEN: z.string().optional(),
  /** For a whole exchange. The quarantine of unknown postings has to be longer than this. */
  QUICKBOOKS_TIMEOUT_MS: z.coerce.number().int().min(100).max(100_000).default(60_000),
});
export type QuickbooksSettings = z.output<typeof quickbooksEnvironment>;

export const LABEL = 'QuickBooks';

export const quickbooksDescriptor = {
  key: 'quickbooks',
  label: LABEL,
  capabilities: { billingSource: false, accountingLedger: true, paymentSink: false },
  limits: { perSecond: 10, perMinute: 500, inFlight: 10, batchesPerMinute: 40 },
  environment: quickbooksEnvironment,
  defaultIntervals: { settle: 60 },
} as const satisfies ConnectorDescriptor;
