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
  it('opens what it sealed, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (secret) => {
        expect(await vault.open(await vault.seal(secret, context), context)).toBe(secret);
      }),
    );
  });

  it('seals the same value differently each time and shows nothing of it', async () => {
    const envelopes = await Promise.all(Array.from({ length: 50 }, () => vault.seal('correct horse', context)));
    expect(new Set(envelopes.flatMap((envelope) => envelope.split('.').slice(2))).size).toBe(100);
    for (const envelope of envelopes) expect(Buffer.from(envelope.split('.')[3] ?? '', 'base64url').includes('horse')).toBe(false);
  });

  it('rejects every stored byte flipped, in every bit', async () => {
    const stored = Buffer.from(await vault.seal('secret', context), 'utf8');
    for (let position = 0; position < stored.length; position += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(stored);
        changed[position] = (changed[position] ?? 0) ^ (1 << bit);
        await expect(vault.open(changed.toString('latin1'), context), `byte ${position} bit ${bit}`).rejects.toThrow(CannotOpen);
      }
    }
  });

  it('rejects every envelope cut short or made longer', async () => {
    const stored = await vault.seal('secret', context);
    for (let length = 0; length < stored.length; length += 1)
      await expect(vault.open(stored.slice(0, length), context)).rejects.toThrow(CannotOpen);
    for (const tail of ['A', '=', '.', ' ']) await expect(vault.open(stored + tail, context)).rejects.toThrow(CannotOpen);
  });

  it.each(['tenantId', 'connectionId', 'field'] as const)('opens nowhere with another %s', async (name) => {
    const stored = await vault.seal('secret', context);
    await expect(vault.open(stored, { ...context, [name]: 'other' })).rejects.toThrow(CannotOpen);
  });

  it('tells values apart whose joined text is the same', async () => {
    const stored = await vault.seal('secret', { ...context, connectionId: 'ab', field: 'c' });
    await expect(vault.open(stored, { ...context, connectionId: 'a', field: 'bc' })).rejects.toThrow(CannotOpen);
  });

  it('does not open with parts of two envelopes', async () => {
    const [one, two] = [(await vault.seal('secret', context)).split('.'), (await vault.seal('secret', context)).split('.')];
    await expect(vault.open([one[0], one[1], one[2], two[3]].join('.'), context)).rejects.toThrow(CannotOpen);
  });

  it('rejects another version and another key id of the ring', async () => {
    const both = new Vault(ring(oldKey, { id: 'k9', bytes: oldKey.bytes }), clock);
    const stored = await both.seal('secret', context);
    await expect(both.open(stored.replace('v1.', 'v2.'), context)).rejects.toThrow(CannotOpen);
    await expect(both.open(stored.replace('.k1.', '.k9.'), context)).rejects.toThrow(CannotOpen);
  });
});

describe('rotation', () => {
  const rotating = new Vault(ring(newKey, oldKey), clock);
  const after = new Vault(ring(newKey), clock);

  it('re-wraps to the current key and leaves the sealed value as it is', async () => {
    const before = await vault.seal('secret', context);
    const rewrapped = await rotating.rewrap(before, context);
    expect(rewrapped.split('.')[3]).toBe(before.split('.')[3]);
    expect([rotating.isCurrent(before), rotating.isCurrent(rewrapped)]).toEqual([false, true]);
    expect(await after.open(rewrapped, context)).toBe('secret');
    await expect(after.open(before, context)).rejects.toThrow(CannotOpen);
    await expect(vault.open(rewrapped, context)).rejects.toThrow(CannotOpen);
  });

  it('opens old envelopes while it is under way', async () => {
    expect(await rotating.open(await vault.seal('secret', context), context)).toBe('secret');
  });

  it('refuses to move an envelope to another connection', async () => {
    await expect(rotating.rewrap(await vault.seal('secret', context), { ...context, connectionId: 'other' })).rejects.toThrow(CannotOpen);
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
