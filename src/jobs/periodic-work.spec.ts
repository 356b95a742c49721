import { Logger } from '@nestjs/common';
import { beforeEach, expect, it, vi } from 'vitest';
import { PeriodicWork } from './periodic-work.js';

const log = new Logger('test');
const warn = vi.spyOn(log, 'warn').mockImplementation(() => undefined);
let work: PeriodicWork;
beforeEach(() => {
  warn.mockClear();
  work = new PeriodicWork(log);
});

it('does nothing before it is started', async () => {
  const tick = vi.fn<() => Promise<void>>(async () => {});
  await work.alone('Looking', tick);
  work.start();
  await work.alone('Looking', tick);
  expect(tick).toHaveBeenCalledTimes(1);
});

it('leaves a tick out while the one before is at work, and only that', async () => {
  work.start();
  const first = Promise.withResolvers<undefined>();
  const looking = work.alone('Looking', () => first.promise);
  const [second, other] = [vi.fn<() => Promise<void>>(async () => {}), vi.fn<() => Promise<void>>(async () => {})];
  await work.alone('Looking', second);
  await work.alone('Sealing', other);
  expect([second.mock.calls.length, other.mock.calls.length]).toEqual([0, 1]);
  first.resolve(undefined);
  await looking;
  await work.alone('Looking', second);
  expect(second).toHaveBeenCalledTimes(1);
});

it('says what failed and goes on with the next tick', async () => {
  work.start();
  await work.alone('Looking', () => Promise.reject(new Error('no line')));
  expect(warn).toHaveBeenCalledExactlyOnceWith('Looking failed and will be tried again: no line');
  const next = vi.fn<() => Promise<void>>(async () => {});
  await work.alone('Looking', next);
  expect(next).toHaveBeenCalledTimes(1);
});
