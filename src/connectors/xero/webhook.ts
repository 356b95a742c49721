import { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { VendorEvent, WebhookReceiver } from '../../ports/connector.js';
import { isSignedWith } from '../kit/hmac-signature.js';
import { LABEL } from './descriptor.js';

/** What an event may ask us to look at again; categories that come later are ignored until we know them. */
const RESOURCES: Readonly<Record<string, string>> = {
  INVOICE: 'invoice',
  CREDITNOTE: 'credit_note',
  PAYMENT: 'payment',
  CONTACT: 'contact',
};

const body = z.object({ events: z.array(z.unknown()) });
const hint = z.object({
  tenantId: z.string(),
  tenantType: z.literal('ORGANISATION').optional(),
  eventCategory: z.string(),
  resourceId: z.string(),
});

/** One address and one key per app; a body may span organisations. "Intent to receive" is a body without events. */
export function xeroWebhooks(key: string | undefined): WebhookReceiver {
  return {
    shape: 'per-app',
    verify({ rawBody, headers }) {
      return Promise.resolve(key !== undefined && key !== '' && isSignedWith(key, rawBody, headers['x-xero-signature']));
    },
    events: (rawBody) => eventsOf(rawBody),
  };
}

function eventsOf(rawBody: Buffer): VendorEvent[] {
  const read = body.safeParse(parsed(rawBody));
  if (!read.success) throw new ConnectorError('unreadable', `${LABEL} sent a callback that cannot be read.`);
  return read.data.events.flatMap((event) => hintOf(event));
}

function hintOf(event: unknown): VendorEvent[] {
  const read = hint.safeParse(event);
  const resource = read.success ? RESOURCES[read.data.eventCategory] : undefined;
  if (!read.success || resource === undefined) return [];
  return [{ externalAccountId: read.data.tenantId, resource, externalId: read.data.resourceId }];
}

function parsed(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}
