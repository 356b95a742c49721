import { describe, expect, it } from 'vitest';
import { PrintQueue } from './print-queue.js';

describe('PrintQueue', () => {
  it('lets no more than its width in, in the order they came', async () => {
    const queue = new PrintQueue(1);
    const order: number[] = [];
    const first = await queue.enter();
    const second = queue.enter().then((release) => (order.push(2), release));
    const third = queue.enter().then((release) => (order.push(3), release));
    await Promise.resolve();
    expect(order).toEqual([]);
    first();
    first();
    (await second)();
    (await third)();
    expect(order).toEqual([2, 3]);
  });

  it('lets go of those who give up waiting', async () => {
    const queue = new PrintQueue(1);
    const first = await queue.enter();
    const abort = new AbortController();
    const given = queue.enter(abort.signal);
    const last = queue.enter();
    abort.abort(new Error('changed my mind'));
    await expect(given).rejects.toThrow('changed my mind');
    first();
    (await last)();
    await expect(queue.enter(abort.signal)).rejects.toThrow('changed my mind');
  });

  it('drains: those inside finish, those who wait and those to come are refused', async () => {
    const queue = new PrintQueue(1);
    const inside = await queue.enter();
    const waiting = queue.enter();
    waiting.catch(() => undefined);
    let drained = false;
    const draining = queue.drain(new Error('closed')).then(() => (drained = true));
    await expect(waiting).rejects.toThrow('closed');
    await expect(queue.enter()).rejects.toThrow('closed');
    expect(drained).toBe(false);
    inside();
    await draining;
  });
});
