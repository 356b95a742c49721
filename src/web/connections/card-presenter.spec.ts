import { describe, expect, it } from 'vitest';
import type { ConnectionItem } from '../../billing/queries/connection-query.js';
import type { SyncRunItem } from '../../billing/queries/sync-run-query.js';
import { connectionCard, type CardFacts } from './card-presenter.js';

const ITEM: ConnectionItem = {
  id: 'c1',
  connector: 'books',
  label: 'Books',
  account: { externalId: 'o', label: 'Org' },
  state: 'connected',
  capabilities: { billingSource: false, accountingLedger: true, paymentSink: false },
  health: { ok: true, sentence: 'Connected to Org.', missing: [] },
  posting: { mode: 'live', goLiveDate: '2026-11-01' },
  schedules: [{ id: 's', kind: 'settle', intervalMinutes: 60, nextDueAt: '2026-11-04T15:00:00Z', paused: false }],
  setAside: 0,
  locations: [{ externalId: '1', name: 'Tampa', sourceConnectionId: 'p', ledgerConnectionId: 'c1' }],
};
const RUN: SyncRunItem = {
  id: 'r',
  connectionId: 'c1',
  kind: 'settle',
  state: 'failed',
  requestedBy: 'Jo',
  fetched: 0,
  changed: 0,
  setAside: 0,
  problem: 'Books was down.',
  queuedAt: '2026-11-04T14:00:00Z',
  finishedAt: '2026-11-04T14:00:01Z',
};
const FACTS: CardFacts = {
  now: new Date('2026-11-04T14:30:00Z'),
  today: '2026-11-04',
  waiting: new Map([['c1', 12]]),
  maySync: true,
  mayManage: true,
};

const card = (parts: Partial<ConnectionItem> = {}, facts: Partial<CardFacts> = {}) =>
  connectionCard({ ...ITEM, ...parts }, { ...FACTS, ...facts });

describe('a card', () => {
  it.each<[Partial<ConnectionItem>, string, string]>([
    [{}, 'well', 'Connected to Org.'],
    [{ lastRun: RUN }, 'attention', 'The last run did not finish: Books was down.'],
    [{ health: { ok: false, sentence: 'Numbers are off.', missing: [] }, lastRun: RUN }, 'attention', 'Numbers are off.'],
    [{ paused: { by: 'Jo', at: '' }, lastRun: RUN }, 'paused', 'Paused by Jo. Nothing is read or written.'],
    [{ state: 'needs_reconnect' }, 'broken', 'Books no longer accepts the connection. Reconnect it. 12 approved invoices are waiting.'],
    [{ state: 'disconnected' }, 'broken', 'Disconnected. Settings, mappings and history are kept for a reconnect.'],
  ])('says how it stands in one sentence, the worst first (%#)', (parts, state, sentence) => {
    expect(card(parts).health).toMatchObject({ state, sentence });
  });

  it('promises a next run only where one will be', () => {
    expect(card()).toMatchObject({ nextRunAt: '2026-11-04T15:00:00Z', intervalText: 'every 60 minutes', runHref: '/connections/c1/runs' });
    for (const parts of [{ paused: { by: '', at: '' } }, { state: 'needs_reconnect' as const }]) {
      expect(card(parts).nextRunAt).toBeUndefined();
      expect(card(parts).runHref).toBeUndefined();
    }
  });

  it('offers Reconnect to those who may', () => {
    expect(card({ state: 'needs_reconnect' }).reconnectHref).toBe('/connect/books');
    expect(card({ state: 'needs_reconnect' }, { mayManage: false }).reconnectHref).toBeUndefined();
  });

  it.each([
    [{ left: 4_588, limit: 5_000, day: '2026-11-04' }, '412 of 5,000'],
    [{ left: 4_588, limit: 1_000, day: '2026-11-04' }, '4,588 left'],
    [{ left: 4_588, limit: 5_000, day: '2026-11-03' }, undefined],
    [{ left: 4_588, day: '2026-11-04' }, undefined],
  ])('tells the budget of today: %j', (budget, text) => {
    expect(card({ budget }).budget?.text).toBe(text);
  });

  it('in preview proposes the month and names what stands in the way', () => {
    const preview = card({ posting: { mode: 'preview' } }).goLive;
    expect(preview).toMatchObject({ state: 'preview', proposedDate: '2026-11-01', readyCount: 12, blockers: [] });
    const blocked = card({
      posting: { mode: 'preview' },
      locations: [],
      health: { ok: false, sentence: 'Numbers are off.', missing: [] },
    }).goLive;
    expect(blocked).toMatchObject({
      blockers: ['Numbers are off.', 'No location posts here yet. Choose one under Settings, Account mapping.'],
    });
  });
});
