import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { xeroWebhooks } from './webhook.js';

const KEY = 'webhook-key';
const receiver = xeroWebhooks(KEY);
const signed = (body: string, key = KEY) => createHmac('sha256', key).update(body).digest('base64');
const verify = (body: string, signature: string | undefined, by = receiver) =>
  by.verify({ rawBody: Buffer.from(body), headers: { 'x-xero-signature': signature } });

const event = (more: object = {}) => ({
  resourceUrl: 'https://api.xero.com/api.xro/2.0/Invoices/i-1',
  resourceId: 'i-1',
  eventDateUtc: '2026-11-20T02:15:31.004',
  eventType: 'UPDATE',
  eventCategory: 'INVOICE',
  tenantId: 't-1',
  tenantType: 'ORGANISATION',
  ...more,
});
const bodyOf = (...events: unknown[]) => Buffer.from(JSON.stringify({ events, firstEventSequence: 1, lastEventSequence: 1, entropy: 'e' }));

describe('a signature', () => {
  it('must be that of these very bytes under our key', async () => {
    expect(await verify('{"events":[]}', signed('{"events":[]}'))).toBe(true);
    expect(await verify('{"events": []}', signed('{"events":[]}'))).toBe(false);
    expect(await verify('{"events":[]}', signed('{"events":[]}', 'other'))).toBe(false);
  });

  it.each([undefined, '', 'AAAA', 'x'.repeat(44)])('%s is none', async (signature) => {
    expect(await verify('{}', signature)).toBe(false);
  });

  it('is never right while no key is set', async () => {
    expect(await verify('{}', signed('{}', ''), xeroWebhooks(undefined))).toBe(false);
    expect(await verify('{}', signed('{}', ''), xeroWebhooks(''))).toBe(false);
  });
});

describe('events', () => {
  it('become hints, over several organisations', () => {
    const body = bodyOf(
      event(),
      event({ tenantId: 't-2', eventCategory: 'CREDITNOTE', resourceId: 'n-1' }),
      event({ eventCategory: 'CONTACT' }),
    );
    expect(receiver.events(body)).toEqual([
      { externalAccountId: 't-1', resource: 'invoice', externalId: 'i-1' },
      { externalAccountId: 't-2', resource: 'credit_note', externalId: 'n-1' },
      { externalAccountId: 't-1', resource: 'contact', externalId: 'i-1' },
    ]);
  });

  it('of kinds we do not know, of other things than organisations, and of other shapes are passed over', () => {
    expect(
      receiver.events(bodyOf(event({ eventCategory: 'TELEPATHY' }), event({ tenantType: 'PRACTICE' }), 'x', null, event())),
    ).toHaveLength(1);
  });

  it('are none in an intent to receive', () => {
    expect(receiver.events(bodyOf())).toEqual([]);
  });

  it.each(['', '{', '[]', '{"events":1}'])('in a body like %j cannot be read', (body) => {
    expect(() => receiver.events(Buffer.from(body))).toThrow(expect.objectContaining({ kind: 'unreadable' }));
  });
});
