import { describe, expect, it } from 'vitest';
import { POSTING_EVENTS, POSTING_STATES, POSTING_TRANSITIONS, postingAfter, type PostingEvent } from './posting-state.js';

const EVENTS = Object.keys(POSTING_EVENTS) as PostingEvent[];

describe('a posting', () => {
  it.each([
    ['planned', 'begin', 'sending'],
    ['sending', 'succeed', 'posted'],
    ['sending', 'refuse', 'refused'],
    ['sending', 'loseSight', 'unknown'],
    ['sending', 'sendAnew', 'planned'],
    ['unknown', 'succeed', 'posted'],
    ['unknown', 'refuse', 'refused'],
    ['unknown', 'sendAnew', 'planned'],
    ['planned', 'refuseUnsent', 'refused'],
    ['planned', 'skip', 'skipped'],
    ['refused', 'skip', 'skipped'],
    ['refused', 'retry', 'planned'],
    ['posted', 'void', 'voided'],
  ] as const)('that is %s and meets %s is %s', (state, event, after) => {
    expect(postingAfter(state, event)).toBe(after);
  });

  it.each([
    ['posted', 'begin'],
    ['posted', 'retry'],
    ['posted', 'sendAnew'],
    ['sending', 'skip'],
    ['unknown', 'skip'],
    ['unknown', 'retry'],
    ['skipped', 'retry'],
    ['refused', 'succeed'],
    ['planned', 'succeed'],
    ['voided', 'begin'],
  ] as const)('that is %s does not meet %s', (state, event) => {
    expect(postingAfter(state, event)).toBeUndefined();
  });

  it('never leaves where it may have been written, but by what the vendor says', () => {
    const leaving = EVENTS.filter((event) => postingAfter('unknown', event) !== undefined);
    expect(leaving).toEqual(['succeed', 'refuse', 'sendAnew']);
  });

  it('ends in skipped and voided', () => {
    for (const state of ['skipped', 'voided'] as const) expect(EVENTS.filter((event) => postingAfter(state, event))).toEqual([]);
  });

  it('has each pair once, and every state but planned is entered', () => {
    expect(new Set(POSTING_TRANSITIONS.map(String)).size).toBe(POSTING_TRANSITIONS.length);
    expect(POSTING_TRANSITIONS).toHaveLength(13);
    const entered = new Set(POSTING_TRANSITIONS.map(([, to]) => to));
    expect(POSTING_STATES.filter((state) => !entered.has(state))).toEqual([]);
  });
});
