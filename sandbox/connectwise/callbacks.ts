import { createHash, createHmac, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { SANDBOX_CODEBASE, SANDBOX_COMPANY } from './constants.js';
import type { CallbackDoc, InvoiceDoc } from './documents.js';
import * as models from './models.js';
import { present } from './present.js';
import type { Psa } from './psa.js';

export type CallbackAction = 'added' | 'updated' | 'deleted';

/** Who made the change: the API member's own changes are kept from callbacks that asked for that. */
export type ChangeOrigin = 'api' | 'user';

const RETRIED = new Set([404, 409, 419, 429]);
const FAILING_DAYS = 3;

/** base64(HMAC-SHA256(key = SHA256(signing key), raw body)): what `x-content-signature` carries. */
export function signature(signingKey: string, rawBody: string): string {
  return createHmac('sha256', createHash('sha256').update(signingKey, 'utf8').digest()).update(rawBody).digest('base64');
}

/** Tells every registered callback about an invoice. Nobody waits: deliveries run on their own and may arrive in any order. */
export function announceInvoice(psa: Psa, action: CallbackAction, invoice: InvoiceDoc, origin: ChangeOrigin): void {
  const interested = psa.store
    .all<CallbackDoc>('callback')
    .filter((callback) => !callback.inactiveFlag && wants(callback, invoice) && !(origin === 'api' && callback.isSelfSuppressedFlag));
  for (const callback of interested) void deliver(psa, callback, action, invoice);
}

function wants(callback: CallbackDoc, invoice: InvoiceDoc): boolean {
  if (callback.type.toLowerCase() !== 'invoice') return false;
  const level = callback.level.toLowerCase();
  if (level === 'owner') return true;
  const watched = { status: invoice.status.id, company: invoice.company.id, invoice: invoice.id }[level];
  return watched === callback.objectId;
}

async function deliver(psa: Psa, callback: CallbackDoc, action: CallbackAction, invoice: InvoiceDoc): Promise<void> {
  const body = JSON.stringify(envelope(psa, callback, action, invoice));
  const address = `${callback.url}${invoice.id}&action=${action}`;
  const { callbackRetryDelaysMs, callbackTimeoutMs } = psa.options();
  const day = psa.timestamp().slice(0, 10);
  for (const delay of [0, ...callbackRetryDelaysMs]) {
    if (delay > 0) await wait(delay, undefined, { ref: false });
    const status = await post(address, body, signingKeyOf(psa, callback), callbackTimeoutMs);
    if (status >= 200 && status < 300) return remember(psa, callback, day, true);
    if (!RETRIED.has(status)) break;
  }
  remember(psa, callback, day, false);
}

async function post(address: string, body: string, signingKey: string, timeoutMs: number): Promise<number> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', 'x-content-signature': signature(signingKey, body) },
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'manual',
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0;
  }
}

/** Three failing days in a row switch a callback off. A vendor that was stopped meanwhile remembers nothing. */
function remember(psa: Psa, callback: CallbackDoc, day: string, delivered: boolean): void {
  try {
    const current = psa.store.get<CallbackDoc>('callback', callback.id);
    if (!current) return;
    const days = delivered ? [] : [...new Set([...(psa.store.get<string[]>('callbackFailure', callback.id) ?? []), day])];
    psa.store.put('callbackFailure', callback.id, days);
    if (days.length >= FAILING_DAYS) psa.store.put('callback', callback.id, { ...current, inactiveFlag: true });
  } catch (error) {
    if (!(error instanceof Error) || !/database is not open/i.test(error.message)) throw error;
  }
}

function envelope(psa: Psa, callback: CallbackDoc, action: CallbackAction, invoice: InvoiceDoc): object {
  const host = new URL(psa.url).host;
  return {
    Action: action,
    CallbackObjectRecId: callback.id,
    CompanyId: SANDBOX_COMPANY,
    Entity: action === 'deleted' ? null : JSON.stringify(present(invoice, models.Invoice, psa)),
    FromUrl: host,
    ID: invoice.id,
    MemberId: invoice._info.updatedBy,
    MessageId: randomUUID(),
    Metadata: { key_url: keyUrl(psa, callback) },
    PartnerId: '61dd0f6a-5a3c-4f7e-9c0b-6d1f4c6f0b11',
    ProductInstanceId: '639c2b1e-7d0a-4f52-8a34-2f6f3f1f9d10',
    Type: 'invoice',
  };
}

function keyUrl(psa: Psa, callback: CallbackDoc): string {
  return `${psa.url}/${SANDBOX_CODEBASE}/system/callbackkey/index.rails?companyName=${SANDBOX_COMPANY}&id=${callback.connectWiseID}`;
}

/** Each callback has its own key, derived so that a restart keeps it. */
export function signingKeyOf(psa: Psa, callback: CallbackDoc): string {
  const secret = psa.store.get<string>('_meta', 'callbackSecret') ?? '';
  return createHmac('sha256', secret).update(callback.connectWiseID).digest('base64');
}
