import { createHmac, randomBytes } from 'node:crypto';
import type { SandboxContext } from '../kit/server.js';
import type { WebhookEvent } from './ledger.js';
import { readOptions } from './options.js';

interface WireEvent {
  resourceUrl: string;
  resourceId: string;
  eventDateUtc: string;
  eventType: string;
  eventCategory: string;
  tenantId: string;
  tenantType: 'ORGANISATION';
}

export interface Delivery {
  status: number | 'unreachable';
  signed: 'rightly' | 'wrongly';
}

const KEPT_EVENTS = 1_000;
const TIMEOUT_MS = 5_000;

/** Tells the app what changed: thin signed events, in batches, one immediate retry, the rest with the next batch. */
export class Webhook {
  private waiting: WireEvent[] = [];
  private readonly sent: WireEvent[] = [];
  private sequence = 0;
  private isSending = false;

  constructor(
    private readonly context: SandboxContext,
    private readonly tenantId: () => string,
  ) {}

  /** Queues the event and sends in a moment, so that a batch of documents makes a batch of events. */
  announce(event: WebhookEvent): void {
    if (!readOptions(this.context.store).webhook) return;
    this.waiting.push({
      resourceUrl: event.resourceUrl,
      resourceId: event.resourceId,
      eventDateUtc: event.at.slice(0, -1),
      eventType: event.type,
      eventCategory: event.category,
      tenantId: this.tenantId(),
      tenantType: 'ORGANISATION',
    });
    if (!this.isSending) setTimeout(() => void this.flush(), 20).unref();
  }

  /** Sends all that waits; what fails twice waits on. */
  async flush(): Promise<Delivery[]> {
    const target = readOptions(this.context.store).webhook;
    if (!target || this.isSending || this.waiting.length === 0) return [];
    this.isSending = true;
    const batch = this.waiting;
    this.waiting = [];
    const deliveries = [await this.post(target, batch)];
    if (!isAccepted(deliveries[0])) deliveries.push(await this.post(target, batch));
    this.isSending = false;
    if (!isAccepted(deliveries.at(-1))) this.waiting = [...batch, ...this.waiting];
    else this.sent.push(...batch);
    this.sent.splice(0, this.sent.length - KEPT_EVENTS);
    return deliveries;
  }

  /** What the vendor does before it trusts an address: empty bodies, some deliberately mis-signed. */
  async intentToReceive(): Promise<Delivery[]> {
    const target = readOptions(this.context.store).webhook;
    if (!target) return [];
    const wrong = { url: target.url, key: `${target.key}-wrong` };
    const deliveries: Delivery[] = [];
    for (const [aim, signed] of [
      [target, 'rightly'],
      [wrong, 'wrongly'],
      [target, 'rightly'],
      [wrong, 'wrongly'],
    ] as const) {
      deliveries.push({ ...(await this.post(aim, [])), signed });
    }
    return deliveries;
  }

  /** Delivers the last events once more and in the wrong order, as "at least once, in no order" allows. */
  async redeliver(count: number): Promise<Delivery[]> {
    const target = readOptions(this.context.store).webhook;
    return target ? [await this.post(target, this.sent.slice(-count).reverse())] : [];
  }

  private async post(target: { url: string; key: string }, events: readonly WireEvent[]): Promise<Delivery> {
    const firstEventSequence = events.length > 0 ? this.sequence + 1 : 0;
    this.sequence += events.length;
    const lastEventSequence = events.length > 0 ? this.sequence : 0;
    const body = JSON.stringify({ events, firstEventSequence, lastEventSequence, entropy: randomBytes(10).toString('hex').toUpperCase() });
    const signature = createHmac('sha256', target.key).update(body).digest('base64');
    try {
      const answer = await fetch(target.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-xero-signature': signature },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: answer.status, signed: 'rightly' };
    } catch {
      return { status: 'unreachable', signed: 'rightly' };
    }
  }
}

function isAccepted(delivery: Delivery | undefined): boolean {
  return typeof delivery?.status === 'number' && delivery.status >= 200 && delivery.status < 300;
}
