import { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { VendorEvent, WebhookReceiver } from '../../ports/connector.js';
import { isSignedWith } from '../kit/hmac-signature.js';
import { LABEL } from './descriptor.js';

/** What an event may ask us to look at again; entities that come later are ignored until we know them. */
const RESOURCES: Readonly<Record<string, string>> = {
  invoice: 'invoice',
  creditmemo: 'credit_note',
  payment: 'payment',
  customer: 'contact',
};

const legacyBody = z.object({
  eventNotifications: z.array(z.object({ realmId: z.string(), dataChangeEvent: z.object({ entities: z.array(z.unknown()) }).nullish() })),
});
const legacyEntity = z.object({ name: z.string(), id: z.string() });

/** The type reads like `qbo.invoice.created.v1`; only its second word matters here, since an event is a hint to look again. */
const cloudEvent = z.object({ type: z.string(), intuitentityid: z.string(), intuitaccountid: z.string() });

/** One address and one key per app; a body may span companies and comes in one of two formats. */
export function quickbooksWebhooks(token: string | undefined): WebhookReceiver {
  return {
    shape: 'per-app',
    verify({ rawBody, headers }) {
      return Promise.resolve(token !== undefined && token !== '' && isSignedWith(token, rawBody, headers['intuit-signature']));
    },
    events: (rawBody) => eventsOf(parsed(rawBody)),
  };
}

function eventsOf(body: unknown): VendorEvent[] {
  if (Array.isArray(body)) return body.flatMap((event) => hintOfCloudEvent(event));
  const legacy = legacyBody.safeParse(body);
  if (!legacy.success) throw new ConnectorError('unreadable', `${LABEL} sent a callback that cannot be read.`);
  return legacy.data.eventNotifications.flatMap(({ realmId, dataChangeEvent }) =>
    (dataChangeEvent?.entities ?? []).flatMap((entity) => hintOfEntity(realmId, entity)),
  );
}

function hintOfCloudEvent(event: unknown): VendorEvent[] {
  const read = cloudEvent.safeParse(event);
  return read.success ? hint(read.data.intuitaccountid, read.data.type.split('.')[1], read.data.intuitentityid) : [];
}

function hintOfEntity(realmId: string, entity: unknown): VendorEvent[] {
  const read = legacyEntity.safeParse(entity);
  return read.success ? hint(realmId, read.data.name, read.data.id) : [];
}

function hint(externalAccountId: string, entity: string | undefined, externalId: string): VendorEvent[] {
  const resource = RESOURCES[entity?.toLowerCase() ?? ''];
  return resource === undefined ? [] : [{ externalAccountId, resource, externalId }];
}

function parsed(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}
