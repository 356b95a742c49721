import { expect, it } from 'vitest';
import { notFound, Refusal } from './refusal.js';

it('a refusal carries its kind, its words and what a program can act on', () => {
  const refusal = new Refusal('conflict', 'It was changed. Read it again.', { contentHash: 'abc' });
  expect(refusal).toBeInstanceOf(Error);
  expect([refusal.name, refusal.kind, refusal.message, refusal.facts]).toEqual([
    'Refusal',
    'conflict',
    'It was changed. Read it again.',
    { contentHash: 'abc' },
  ]);
});

it('what is not there and what belongs to others are told in the same words', () => {
  const refusal = notFound('This invoice');
  expect([refusal.kind, refusal.message, refusal.facts]).toEqual(['not_found', 'This invoice does not exist, or is not yours to see.', {}]);
});
