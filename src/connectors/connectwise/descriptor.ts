import { z } from 'zod';
import type { ConnectorDescriptor } from '../../ports/connector.js';
import { allowedPrivateHosts } from '../kit/reach.js';

/** An address without a trailing slash, so that paths can be put behind it. */
const address = z.url().transform((text) => text.replace(/\/+$/, ''));

const connectwiseEnvironment = z.object({
  /** Takes the place of every customer's host, for lookups, calls and callback keys alike. */
  CONNECTWISE_API_URL: address.optional(),
  /** Where deep links point; without it the site that the person typed. */
  CONNECTWISE_APP_URL: address.optional(),
  /** The GUID that ConnectWise gives to an integration; every call carries it. */
  CONNECTWISE_CLIENT_ID: z.string().min(1).optional(),
  /** For a whole exchange. The quarantine of unknown postings has to be longer than this. */
  CONNECTWISE_TIMEOUT_MS: z.coerce.number().int().min(100).max(100_000).default(60_000),
  /** Before the first repetition of a read that met a server error; doubles each time. */
  CONNECTWISE_RETRY_DELAY_MS: z.coerce.number().int().min(0).max(10_000).default(500),
  /** Where a site that a tenant typed may lead although it is not public: an MSP's own server beside this installation. */
  ALLOWED_PRIVATE_HOSTS: allowedPrivateHosts,
});
export type ConnectwiseSettings = z.output<typeof connectwiseEnvironment>;

export const LABEL = 'ConnectWise PSA';

export const connectwiseDescriptor = {
  key: 'connectwise',
  label: LABEL,
  capabilities: { billingSource: true, accountingLedger: false, paymentSink: true },
  limits: { perMinute: 900, inFlight: 4 },
  environment: connectwiseEnvironment,
  defaultIntervals: { pull: 15 },
} as const satisfies ConnectorDescriptor;
