import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ConnectorError } from '../../ports/connector-error.js';
import type { Credentials, VendorEvent, WebhookReceiver } from '../../ports/connector.js';
import { LABEL } from './descriptor.js';
import type { SigningKeys } from './signing-keys.js';

const envelope = z.object({
  CompanyId: z.string(),
  ID: z.number().int(),
  Type: z.string(),
  /** JSON text of the record; nothing when it was deleted. */
  Entity: z.string().nullish(),
  Metadata: z.object({ key_url: z.string() }).nullish(),
});
type Envelope = z.output<typeof envelope>;

/** Rows of these belong to an invoice, which is what we have to look at again. */
const ROWS = new Set(['time', 'expense']);

/** Each connection has its own address; the body says which key signed it, and `keys` decides whether to believe that. */
export function connectwiseWebhooks(keys: SigningKeys): WebhookReceiver {
  return {
    shape: 'per-connection',
    verify: ({ rawBody, headers, credentials }) => verify(keys, rawBody, headers['x-content-signature'], credentials),
    events: eventsOf,
  };
}

async function verify(
  keys: SigningKeys,
  rawBody: Buffer,
  signature: string | undefined,
  credentials: Credentials | undefined,
): Promise<boolean> {
  const body = read(rawBody);
  const claimed = body?.Metadata?.key_url;
  if (!body || !claimed || !signature || !credentials) return false;
  if (body.CompanyId.toLowerCase() !== credentials['companyId']?.toLowerCase()) return false;
  const key = await keys.current(claimed, credentials);
  if (key === undefined) return false;
  if (isSignedWith(key, rawBody, signature)) return true;
  const renewed = await keys.renewed(claimed, credentials);
  return renewed !== undefined && renewed !== key && isSignedWith(renewed, rawBody, signature);
}

function isSignedWith(signingKey: string, rawBody: Buffer, signature: string): boolean {
  const key = createHash('sha256').update(signingKey, 'utf8').digest();
  const expected = createHmac('sha256', key).update(rawBody).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function eventsOf(rawBody: Buffer, externalAccountId?: string): VendorEvent[] {
  const body = read(rawBody);
  if (!body) throw new ConnectorError('unreadable', `${LABEL} sent a callback that cannot be read.`);
  const account = externalAccountId ?? body.CompanyId.toLowerCase();
  const type = body.Type.toLowerCase();
  const id = ROWS.has(type) ? invoiceOf(body) : body.ID;
  if (id === undefined) return [];
  return [{ externalAccountId: account, resource: ROWS.has(type) ? 'invoice' : type, externalId: String(id) }];
}

function invoiceOf({ Entity }: Envelope): number | undefined {
  const row = z.object({ invoice: z.object({ id: z.number().int() }) }).safeParse(parsed(Entity ?? ''));
  return row.success ? row.data.invoice.id : undefined;
}

function read(rawBody: Buffer): Envelope | undefined {
  const body = envelope.safeParse(parsed(rawBody.toString('utf8')));
  return body.success ? body.data : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
