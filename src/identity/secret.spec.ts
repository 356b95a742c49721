import { describe, expect, it } from 'vitest';
import { newSecret, sha256 } from './secret.js';

describe('a secret', () => {
  it('is 256 random bits as text, another one every time', () => {
    const made = Array.from({ length: 100 }, newSecret);
    expect(new Set(made).size).toBe(100);
    for (const secret of made) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  });

  it('is stored as its SHA-256, from which nobody gets back to it', () => {
    // The vector of FIPS 180-2.
    expect(sha256('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    const secret = newSecret();
    expect(sha256(secret)).toHaveLength(32);
    expect(sha256(secret)).not.toEqual(Buffer.from(secret, 'base64url'));
  });
});
