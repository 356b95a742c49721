import { describe, expect, it } from 'vitest';
import { stateRefusal, type StandingPosting } from './state-refusal.js';

const at = (state: StandingPosting['state'], more: Partial<StandingPosting> = {}): StandingPosting => ({
  state,
  sentAt: new Date('2026-11-20T10:41:30Z'),
  updatedAt: new Date('2026-11-20T10:42:00Z'),
  assignedTo: null,
  ...more,
});

describe('a posting that cannot be moved by a person', () => {
  it.each(['tried again', 'left out', 'sent at once'] as const)('while it is unknown says who looks it up and since when: %s', (wanted) => {
    const { message } = stateRefusal(at('unknown', { assignedTo: 'Ann' }), wanted);
    expect(message).toContain('Countersign has been looking it up since 2026-11-20 10:42 UTC');
    expect(message).toContain('assigned to Ann');
    expect(message).toContain(`cannot be ${wanted} before that is known`);
    expect(stateRefusal(at('unknown'), wanted).message).not.toContain('assigned');
  });

  it('while it is on its way says since when', () => {
    expect(stateRefusal(at('sending'), 'sent at once').message).toContain('sending this posting since 2026-11-20 10:41 UTC');
    expect(stateRefusal(at('sending', { sentAt: null }), 'left out').message).toContain('2026-11-20 10:42 UTC');
  });

  it('has whole sentences in every state and names the state for programs', () => {
    for (const state of ['planned', 'sending', 'posted', 'refused', 'unknown', 'skipped', 'voided'] as const)
      for (const wanted of ['tried again', 'left out', 'sent at once'] as const) {
        const refusal = stateRefusal(at(state), wanted);
        expect(refusal).toMatchObject({ kind: 'conflict', message: expect.stringMatching(/^[A-Z].*\.$/) });
      }
  });
});
