import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Books, Change, ChangeOperation } from './books.js';
import { SANDBOX_REALM_ID } from './constants.js';
import type { EntityName } from './entities/entity.js';
import type { WebhookOptions } from './options.js';

/** A receiver has this long to answer. */
const ANSWER_MS = 3_000;
const KEPT_DELIVERIES = 500;
const SILENT: ReadonlySet<EntityName> = new Set<EntityName>(['TaxCode', 'TaxRate', 'Attachable']);

export interface Delivery {
  url: string;
  body: string;
  signature: string;
  /** One status per attempt; 0 is no answer. */
  statuses: number[];
}

/** Tells the configured receiver about changes: collected for a moment, signed over the exact bytes, retried. */
export class WebhookSender {
  readonly deliveries: Delivery[] = [];
  private pending: Change[] = [];

  constructor(private readonly books: Books) {
    books.onChange((change) => this.note(change));
  }

  /** Signs and sends any body, for several companies in one, repeated ids and whatever else a test needs. */
  async send(body: string, options: WebhookOptions): Promise<Delivery> {
    const signature = sign(body, options.verifierToken);
    const delivery: Delivery = { url: options.url, body, signature, statuses: [] };
    this.deliveries.push(delivery);
    this.deliveries.splice(0, Math.max(0, this.deliveries.length - KEPT_DELIVERIES));
    for (const delay of [0, ...options.retryMs]) {
      if (delay > 0) await wait(delay, undefined, { ref: false });
      const status = await post(delivery);
      delivery.statuses.push(status);
      if (status >= 200 && status < 300) break;
    }
    return delivery;
  }

  private note(change: Change): void {
    const options = this.books.options.webhook;
    if (!options || SILENT.has(change.kind)) return;
    this.pending.push(change);
    if (this.pending.length === 1) setTimeout(() => this.flush(), options.windowMs).unref();
  }

  private flush(): void {
    const options = this.books.options.webhook;
    const changes = this.pending.splice(0);
    if (!options || changes.length === 0) return;
    const body = JSON.stringify(bodyOf(options.reversed ? changes.toReversed() : changes, options));
    for (let copy = 0; copy < options.copies; copy += 1) void this.send(body, options);
  }
}

export function sign(body: string, verifierToken: string): string {
  return createHmac('sha256', verifierToken).update(Buffer.from(body, 'utf8')).digest('base64');
}

async function post({ url, body, signature }: Delivery): Promise<number> {
  const headers = { 'content-type': 'application/json', 'intuit-signature': signature, 'user-agent': 'intuit_notification_notifier' };
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(ANSWER_MS) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}

function bodyOf(changes: readonly Change[], { format }: WebhookOptions): unknown {
  if (format === 'cloudevents') return changes.map(cloudEvent);
  const entities = changes.map(({ kind, id, operation, at }) => ({ name: kind, id, operation, lastUpdated: at.toISOString() }));
  return { eventNotifications: [{ realmId: SANDBOX_REALM_ID, dataChangeEvent: { entities } }] };
}

const PAST_TENSE: Record<ChangeOperation, string> = {
  Create: 'created',
  Update: 'updated',
  Delete: 'deleted',
  Void: 'voided',
  Emailed: 'emailed',
};

function cloudEvent({ kind, id, operation, at }: Change) {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: 'intuit.sandboxQuickBooks=',
    type: `qbo.${kind.toLowerCase()}.${PAST_TENSE[operation]}.v1`,
    datacontenttype: 'application/json',
    time: at.toISOString().replace('Z', '000000Z'),
    intuitentityid: id,
    intuitaccountid: SANDBOX_REALM_ID,
    data: {},
  };
}
