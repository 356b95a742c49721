import { expect, it } from 'vitest';
import { paymentMarker, QUARANTINE_SECONDS, recordMarker, SEND_LEASE_SECONDS, UNDO_MS } from './posting-policy.js';

const ID = '01932c8e-7d1a-7c3b-9f4e-5a6b7c8d9e0f';

it('marks a record with our whole id', () => {
  expect(recordMarker(ID)).toBe('CS-01932c8e-7d1a-7c3b-9f4e-5a6b7c8d9e0f');
});

it('marks a payment within 30 characters, by the end of the id, which is the random part', () => {
  expect(paymentMarker(ID)).toBe('CS-c8e7d1a7c3b9f4e5a6b7c8d9e0f');
  expect(paymentMarker(ID)).toHaveLength(30);
});

it('waits longer for what may still commit than for a sender that is silent, and longer for that than for an undo', () => {
  expect(QUARANTINE_SECONDS).toBeGreaterThan(SEND_LEASE_SECONDS);
  expect(SEND_LEASE_SECONDS * 1_000).toBeGreaterThan(UNDO_MS);
});
