import { describe, expect, it } from 'vitest';
import { headsMove, runHeads, type RunFacts } from './run-heads.js';

const run = { connectionId: 'c1', connector: 'books', connectionLabel: 'Org', label: 'Books', posted: 41, refused: 2, waiting: 7 };
const connection: RunFacts['connections'][number] = { id: 'c1', state: 'connected', posting: { mode: 'live', goLiveDate: '2026-11-01' } };

function facts(parts: Partial<RunFacts> = {}, change: Partial<typeof connection> = {}): RunFacts {
  return {
    runs: [run],
    connections: [{ ...connection, ...change }],
    waits: new Map(),
    stopped: false,
    timeZone: 'Europe/Dublin',
    ...parts,
  };
}

const sentence = (given: RunFacts) => runHeads(given)[0]?.sentence;

describe('the head of a run', () => {
  it('says what waits for a limit, and until when on the clock of the company', () => {
    const waits = new Map([['c1', new Date('2026-07-01T13:05:00Z')]]);
    expect(sentence(facts({ waits }))).toBe('41 posted, 2 refused, 7 waiting for a limit until 14:05');
  });

  it.each<[RunFacts, string]>([
    [facts(), '7 waiting'],
    [facts({ stopped: true }), '7 waiting until posting is resumed'],
    [facts({}, { state: 'needs_reconnect' }), '7 waiting until it is connected again'],
    [facts({}, { paused: { by: 'Jo', at: '' } }), '7 waiting until the connection is resumed'],
    [facts({}, { posting: { mode: 'preview' } }), '7 waiting in preview until an owner starts posting'],
    [facts({ connections: [] }), '7 waiting until it is connected again'],
  ])('says why else they wait (%#)', (given, reason) => {
    expect(sentence(given)).toBe(`41 posted, 2 refused, ${reason}`);
  });

  it('keeps silent about what there is none of, and counts all of it', () => {
    expect(runHeads(facts({ runs: [{ ...run, refused: 0, waiting: 0 }] }))).toEqual([
      { destination: 'Books', sentence: '41 posted', posted: 41, total: 41 },
    ]);
  });

  it('tells two accounts at one vendor apart', () => {
    const other = { ...run, connectionId: 'c2', connectionLabel: 'Other' };
    expect(runHeads(facts({ runs: [run, other] })).map(({ destination }) => destination)).toEqual(['Books, Org', 'Books, Other']);
  });

  it('looks again only while something can happen by itself', () => {
    expect(headsMove(facts())).toBe(true);
    for (const still of [facts({ stopped: true }), facts({}, { posting: { mode: 'preview' } }), facts({ runs: [{ ...run, waiting: 0 }] })])
      expect(headsMove(still)).toBe(false);
  });
});
