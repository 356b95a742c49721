import { expect, it } from 'vitest';
import { consentTo, readConsent } from './bulk-consent.js';

const id = '0199f2c4-0000-7000-8000-000000000001';
const total = { amount: '-145.00', currency: 'AUD' };

it('names the stored document', () => {
  const documentHash = 'a'.repeat(64);
  expect(readConsent(consentTo({ id, total, documentHash }))).toEqual({ invoiceId: id, documentHash });
});

it('names the sum that was shown while there is no document', () => {
  expect(readConsent(consentTo({ id, total }))).toEqual({ invoiceId: id, sum: '-145.00 AUD' });
});

it.each(['', id, `${id}:`, `${id}:=`, `${id}:=1e9 AUD`, `x:${'a'.repeat(64)}`, `${id}:${'A'.repeat(64)}`])('refuses %j', (value) => {
  expect(readConsent(value)).toBeUndefined();
});
