import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FixedClock } from '../clock/fixed-clock.js';
import type { Key, KeyRing } from '../config/key-ring.js';
import { CannotOpen, Vault } from './vault.js';

// Real AES-GCM throughout: nothing of the subject is replaced.
const ring = (...keys: Key[]): KeyRing => ({ current: keys[0] as Key, byId: new Map(keys.map((key) => [key.id, key])) });
const oldKey: Key = { id: 'k1', bytes: randomBytes(32) };
const newKey: Key = { id: 'k2', bytes: randomBytes(32) };
const clock = new FixedClock(new Date('2026-01-01T00:00:00Z'));
const vault = new Vault(ring(oldKey), clock);
const context = { tenantId: 'tenant-a', connectionId: 'connection-a', field: 'refreshToken' };

describe('the vault', () => {
  it('opens what it sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (secret) => {
        expect(vault.open(vault.seal(secret, context), context)).toBe(secret);
      }),
    );
  });

  it('seals the same value differently each time and shows nothing of it', () => {
    const envelopes = Array.from({ length: 50 }, () => vault.seal('correct horse', context));
    expect(new Set(envelopes.flatMap((envelope) => envelope.split('.').slice(2))).size).toBe(100);
    for (const envelope of envelopes) expect(Buffer.from(envelope.split('.')[3] ?? '', 'base64url').includes('horse')).toBe(false);
  });

  it('rejects every stored byte flipped, in every bit', () => {
    const stored = Buffer.from(vault.seal('secret', context), 'utf8');
    for (let position = 0; position < stored.length; position += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(stored);
        changed[position] = (changed[position] ?? 0) ^ (1 << bit);
        expect(() => vault.open(changed.toString('latin1'), context), `byte ${position} bit ${bit}`).toThrow(CannotOpen);
      }
    }
  });

  it('rejects every envelope cut short or made longer', () => {
    const stored = vault.seal('secret', context);
    for (let length = 0; length < stored.length; length += 1)
      expect(() => vault.open(stored.slice(0, length), context)).toThrow(CannotOpen);
    for (const tail of ['A', '=', '.', ' ']) expect(() => vault.open(stored + tail, context)).toThrow(CannotOpen);
  });

  it.each(['tenantId', 'connectionId', 'field'] as const)('opens nowhere with another %s', (name) => {
    const stored = vault.seal('secret', context);
    expect(() => vault.open(stored, { ...context, [name]: 'other' })).toThrow(CannotOpen);
  });

  it('tells values apart whose joined text is the same', () => {
    const stored = vault.seal('secret', { ...context, connectionId: 'ab', field: 'c' });
    expect(() => vault.open(stored, { ...context, connectionId: 'a', field: 'bc' })).toThrow(CannotOpen);
  });

  it('does not open with parts of two envelopes', () => {
    const [one, two] = [vault.seal('secret', context).split('.'), vault.seal('secret', context).split('.')];
    expect(() => vault.open([one[0], one[1], one[2], two[3]].join('.'), context)).toThrow(CannotOpen);
  });

  it('rejects another version and another key id of the ring', () => {
    const both = new Vault(ring(oldKey, { id: 'k9', bytes: oldKey.bytes }), clock);
    const stored = both.seal('secret', context);
    expect(() => both.open(stored.replace('v1.', 'v2.'), context)).toThrow(CannotOpen);
    expect(() => both.open(stored.replace('.k1.', '.k9.'), context)).toThrow(CannotOpen);
  });
});

describe('rotation', () => {
  const rotating = new Vault(ring(newKey, oldKey), clock);
  const after = new Vault(ring(newKey), clock);

  it('re-wraps to the current key and leaves the sealed value as it is', () => {
    const before = vault.seal('secret', context);
    const rewrapped = rotating.rewrap(before, context);
    expect(rewrapped.split('.')[3]).toBe(before.split('.')[3]);
    expect([rotating.isCurrent(before), rotating.isCurrent(rewrapped)]).toEqual([false, true]);
    expect(after.open(rewrapped, context)).toBe('secret');
    expect(() => after.open(before, context)).toThrow(CannotOpen);
    expect(() => vault.open(rewrapped, context)).toThrow(CannotOpen);
  });

  it('opens old envelopes while it is under way', () => {
    expect(rotating.open(vault.seal('secret', context), context)).toBe('secret');
  });

  it('refuses to move an envelope to another connection', () => {
    expect(() => rotating.rewrap(vault.seal('secret', context), { ...context, connectionId: 'other' })).toThrow(CannotOpen);
  });
});

describe('a sealed cookie', () => {
  const inTenMinutes = new Date('2026-01-01T00:10:00Z');

  it('comes back until it expires', () => {
    const time = new FixedClock(new Date('2026-01-01T00:00:00Z'));
    const cookies = new Vault(ring(oldKey), time);
    const cookie = cookies.sealCookie('sign-in', '{"nonce":"a"}', inTenMinutes);
    expect(cookies.openCookie('sign-in', cookie)).toBe('{"nonce":"a"}');
    expect(cookie).toMatch(/^[A-Za-z0-9._-]+$/);
    time.moveTo(inTenMinutes);
    expect(cookies.openCookie('sign-in', cookie)).toBeUndefined();
  });

  it('opens for its purpose only, and never when changed', () => {
    const cookie = vault.sealCookie('sign-in', 'state', inTenMinutes);
    expect(vault.openCookie('connect', cookie)).toBeUndefined();
    for (let position = 0; position < cookie.length; position += 1) {
      const changed = Buffer.from(cookie);
      changed[position] = (changed[position] ?? 0) ^ 1;
      expect(vault.openCookie('sign-in', changed.toString('latin1'))).toBeUndefined();
    }
  });

  it('survives a rotation and is nothing when it is nonsense', () => {
    const cookie = vault.sealCookie('sign-in', 'state', inTenMinutes);
    expect(new Vault(ring(newKey, oldKey), clock).openCookie('sign-in', cookie)).toBe('state');
    for (const nonsense of ['', '.', 'v1.k1.', 'v1.k1.AAAA', 'v1.gone.AAAA', 'a'.repeat(5_000)])
      expect(vault.openCookie('sign-in', nonsense)).toBeUndefined();
  });
});
