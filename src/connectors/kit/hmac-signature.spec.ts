import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedWith } from './hmac-signature.js';

const body = Buffer.from('{"a":"é"}');
const signature = createHmac('sha256', 'key').update(body).digest('base64');

describe('a signature', () => {
  it('fits these bytes and this key only', () => {
    expect(isSignedWith('key', body, signature)).toBe(true);
    expect(isSignedWith('other', body, signature)).toBe(false);
    expect(isSignedWith('key', Buffer.from('{"a":"e"}'), signature)).toBe(false);
  });

  it.each([undefined, '', 'AA==', 'A'.repeat(44)])('that is none is refused: %s', (wrong) => {
    expect(isSignedWith('key', body, wrong)).toBe(false);
  });
});
