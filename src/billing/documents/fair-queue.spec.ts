import { beforeEach, describe, expect, it } from 'vitest';
import { FairQueue, type Leave } from './fair-queue.js';

let now = 0;
let order: string[] = [];
const inside = new Map<string, Leave>();

beforeEach(() => {
  now = 0;
  order = [];
  inside.clear();
});

const aQueue = (width: number, mostWaiting = 100) => new FairQueue(width, { done: 'printed', now: () => now, mostWaiting });

/** 'hostile 1' is work of the tenant 'hostile'. Says when it was let in. */
async function asks(queue: FairQueue, ...names: string[]): Promise<void> {
  for (const name of names) {
    const entering = queue.enter(name.split(' ')[0] ?? '').then((leave) => {
      order.push(name);
      inside.set(name, leave);
    });
    entering.catch((error: unknown) => order.push(`${name}: ${error instanceof Error ? error.message : ''}`));
  }
  await settled();
}

async function leaves(name: string, wasted?: 'wasted'): Promise<void> {
  inside.get(name)?.(wasted);
  await settled();
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a fair queue', () => {
  it('lets no more than its width in, one tenant\u2019s own in the order they came', async () => {
    const queue = aQueue(2);
    await asks(queue, 'a 1', 'a 2', 'a 3', 'a 4');
    expect(order).toEqual(['a 1', 'a 2']);
    await leaves('a 1');
    await leaves('a 1');
    expect(order).toEqual(['a 1', 'a 2', 'a 3']);
    await leaves('a 3');
    expect(order.at(-1)).toBe('a 4');
  });

  it('takes the tenants in turn, however much one of them asked for before', async () => {
    const queue = aQueue(1);
    await asks(queue, 'a 1', 'a 2', 'a 3', 'b 1', 'b 2', 'c 1');
    for (const name of ['a 1', 'b 1', 'c 1', 'a 2', 'b 2', 'a 3']) {
      expect(order.at(-1)).toBe(name);
      await leaves(name);
    }
  });

  it('has one more place for a tenant that has none while another one holds several', async () => {
    const queue = aQueue(2);
    await asks(queue, 'hostile 1', 'hostile 2', 'hostile 3');
    await asks(queue, 'b 1', 'b 2', 'c 1');
    expect(order).toEqual(['hostile 1', 'hostile 2', 'b 1']);
    await leaves('b 1');
    await leaves('c 1');
    await leaves('b 2');
    // All of the others are done, and the first two of the hostile tenant still run.
    expect(order).toEqual(['hostile 1', 'hostile 2', 'b 1', 'c 1', 'b 2']);
  });

  it('has no more places than its width while each is another tenant\u2019s', async () => {
    const queue = aQueue(2);
    await asks(queue, 'a 1', 'b 1', 'c 1');
    expect(order).toEqual(['a 1', 'b 1']);
  });

  it('lets a tenant that ran out of time rest, longer each time, and says how long', async () => {
    const queue = aQueue(2);
    await asks(queue, 'slow 1', 'slow 2', 'slow 3', 'b 1');
    await leaves('slow 1', 'wasted');
    expect(order.at(-1)).toBe(
      'slow 3: This was not printed: something else of your company took too long, so that there is a pause. Try again in 10 s.',
    );
    await leaves('slow 2', 'wasted');
    now += 19_000;
    await asks(queue, 'slow 4', 'b 2');
    expect(order.slice(-2)).toEqual(['b 2', expect.stringMatching(/^slow 4: .*Try again in 1 s/)]);
    now += 1_001;
    await leaves('b 1');
    await asks(queue, 'slow 5', 'slow 6');
    expect(order.at(-1)).toBe('slow 5');
    // One at a time, although a place is free, until it went well for ten minutes.
    now += 599_000;
    await leaves('b 2');
    await asks(queue, 'slow 7');
    expect(order.at(-1)).toBe('slow 5');
    now += 2_000;
    await asks(queue, 'slow 8');
    expect(order.at(-1)).toBe('slow 8');
  });

  it('never rests longer than five minutes', async () => {
    const queue = aQueue(1);
    for (let time = 0; time < 9; time += 1) {
      await asks(queue, `slow ${time}`);
      await leaves(`slow ${time}`, 'wasted');
      now += 300_001;
    }
    expect(order).toHaveLength(9);
  });

  it('does not hold up others by what ran out of time, however many such tenants there are', async () => {
    const queue = aQueue(2);
    await asks(queue, 'x 1', 'y 1');
    await leaves('x 1', 'wasted');
    await leaves('y 1', 'wasted');
    now += 10_001;
    await asks(queue, 'x 2', 'y 2', 'good 1');
    expect(order.slice(-3)).toEqual(['x 2', 'y 2', 'good 1']);
  });

  it('has so many of one tenant waiting and no more; others still find room', async () => {
    const queue = aQueue(1, 2);
    await asks(queue, 'a 1', 'a 2', 'a 3', 'a 4', 'b 1');
    expect(order).toEqual(['a 1', 'a 4: This was not printed: 2 others of your company wait already. Try again in a minute.']);
    await leaves('a 1');
    expect(order).toContain('b 1');
  });

  it('lets go of those who give up waiting', async () => {
    const queue = aQueue(1);
    const first = await queue.enter('a');
    const abort = new AbortController();
    const given = queue.enter('a', abort.signal);
    const last = queue.enter('a');
    abort.abort(new Error('changed my mind'));
    await expect(given).rejects.toThrow('changed my mind');
    first();
    (await last)();
    await expect(queue.enter('a', abort.signal)).rejects.toThrow('changed my mind');
  });

  it('drains: those inside finish, those who wait and those to come are refused', async () => {
    const queue = aQueue(1);
    const first = await queue.enter('a');
    const waiting = queue.enter('b');
    waiting.catch(() => undefined);
    let drained = false;
    const draining = queue.drain(new Error('closed')).then(() => (drained = true));
    await expect(waiting).rejects.toThrow('closed');
    await expect(queue.enter('a')).rejects.toThrow('closed');
    expect(drained).toBe(false);
    first();
    await draining;
  });
});
