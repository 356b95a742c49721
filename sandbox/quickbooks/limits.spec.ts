import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectedClient } from './connected-client.fixture.js';

describe('pace', () => {
  let client: ConnectedClient;
  beforeEach(async () => {
    client = await ConnectedClient.start({ paced: true });
    // A still clock: otherwise a slow machine would spread the calls over two windows.
    const frozen = client.sandbox.clock.now();
    client.sandbox.clock.now = () => new Date(frozen.getTime() + moved);
    moved = 0;
  });
  afterEach(() => client.stop());
  let moved = 0;

  const call = async () => (await client.get('/preferences')).status;
  async function calls(count: number): Promise<number[]> {
    const statuses: number[] = [];
    for (let index = 0; index < count; index += 1) statuses.push(await call());
    return statuses;
  }

  it('allows ten a second and answers the eleventh in XML, whatever was accepted', async () => {
    expect(new Set(await calls(10))).toEqual(new Set([200]));
    const refused = await client.get('/preferences');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('xml');
    expect(refused.text).toContain('ThrottleExceeded');
    expect(refused.headers.get('retry-after')).toBeNull();
    moved += 1_000;
    expect(await call()).toBe(200);
  });

  it('allows five hundred a minute', async () => {
    await client.control('/options', { limits: { perSecond: 1_000, perMinute: 20 } });
    expect(new Set(await calls(20))).toEqual(new Set([200]));
    moved += 59_000;
    expect(await call()).toBe(429);
    moved += 1_000;
    expect(await call()).toBe(200);
  });

  it('allows forty batches a minute', async () => {
    await client.control('/options', { limits: { perSecond: 1_000, batchPerMinute: 2 }, throttleBody: 'json' });
    const batch = () => client.post('/batch', { BatchItemRequest: [{ bId: '1', Query: 'select * from Term' }] });
    expect([(await batch()).status, (await batch()).status]).toEqual([200, 200]);
    const refused = await batch();
    expect([refused.status, refused.body.fault?.error[0]?.code]).toEqual([429, '3001']);
    expect(await call()).toBe(200);
  });

  it('says what it was told and refuses options it does not have', async () => {
    const set = await client.control<{ limits: unknown }>('/options', { limits: { perSecond: 3 }, throttleBody: 'empty' });
    expect(set.body.limits).toEqual({ perSecond: 3, perMinute: 500, batchPerMinute: 40 });
    await calls(3);
    expect((await client.get('/preferences')).text).toBe('');
    expect((await client.control('/options', { perSecond: 3 })).status).toBe(400);
  });
});
