import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FixedClock } from '../clock/fixed-clock.js';
import { CannotOpen, type SealContext, type Vault } from './vault.js';
import { randomKey, ringOf, sealAsV1, vaultOf } from './vault.fixture.js';

// Real AES-GCM throughout: nothing of the subject is replaced.
const oldKey = randomKey('k1');
const newKey = randomKey('k2');
const clock = new FixedClock(new Date('2026-01-01T00:00:00Z'));
const { vault, table, tenantKeys } = vaultOf(ringOf(oldKey), clock);
const ofTenant = { tenantId: 'tenant-a', connectionId: 'connection-a', field: 'refreshToken' };
const ofPerson = { personId: 'person-a', field: 'totp' };

/** Every form in which something is stored, and what seals it. */
const FORMS: readonly [string, SealContext, (secret: string) => Promise<string>][] = [
  ['v2 of a tenant', ofTenant, (secret) => vault.seal(secret, ofTenant)],
  ['v2 of a person', ofPerson, (secret) => vault.seal(secret, ofPerson)],
  ['v1 of a tenant', ofTenant, async (secret) => sealAsV1(oldKey, secret, ofTenant)],
  ['v1 of a person', ofPerson, async (secret) => sealAsV1(oldKey, secret, ofPerson)],
];

/** Tries `text` with each bit of each byte flipped. @returns the changes after which `open` still succeeded */
async function survivors(text: string, open: (changed: string) => Promise<unknown>): Promise<string[]> {
  const stored = Buffer.from(text, 'utf8');
  const found: string[] = [];
  for (let position = 0; position < stored.length; position += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const changed = Buffer.from(stored);
      changed[position] = (changed[position] ?? 0) ^ (1 << bit);
      try {
        await open(changed.toString('latin1'));
        found.push(`byte ${position} bit ${bit}`);
      } catch (error) {
        if (!(error instanceof CannotOpen)) throw error;
      }
    }
  }
  return found;
}

describe.each(FORMS)('an envelope %s', (form, context, seal) => {
  it('opens to what was sealed, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const secret = Buffer.from(bytes).toString('utf8');
        expect(await vault.open(await seal(secret), context)).toBe(secret);
      }),
    );
  });

  it('is another each time and shows nothing of the value', async () => {
    const envelopes = await Promise.all(Array.from({ length: 50 }, () => seal('correct horse')));
    expect(new Set(envelopes.flatMap((envelope) => envelope.split('.').slice(2))).size).toBe(100);
    for (const envelope of envelopes) expect(Buffer.from(envelope.split('.')[3] ?? '', 'base64url').includes('horse')).toBe(false);
  });

  it('is rejected with any bit of any stored byte flipped', async () => {
    const stored = await seal('secret');
    expect(await survivors(stored, (changed) => vault.open(changed, context))).toEqual([]);
    expect(await vault.open(stored, context)).toBe('secret');
  });

  it('is rejected cut short or made longer', async () => {
    const stored = await seal('secret');
    for (let length = 0; length < stored.length; length += 1)
      await expect(vault.open(stored.slice(0, length), context)).rejects.toThrow(CannotOpen);
    for (const tail of ['A', '=', '.', ' ']) await expect(vault.open(stored + tail, context)).rejects.toThrow(CannotOpen);
  });

  it.each(Object.keys(context))('opens nowhere with another %s', async (name) => {
    await vault.seal('so that the other tenant has a key', { ...ofTenant, tenantId: 'other' });
    await expect(vault.open(await seal('secret'), { ...context, [name]: 'other' })).rejects.toThrow(CannotOpen);
  });

  it('opens nowhere with two parts of its place swapped', async () => {
    const names = Object.keys(context) as (keyof SealContext)[];
    const stored = await seal('secret');
    for (const one of names)
      for (const two of names.filter((name) => name !== one))
        await expect(vault.open(stored, { ...context, [one]: context[two], [two]: context[one] })).rejects.toThrow(CannotOpen);
  });

  it('does not open as a person’s when it is a tenant’s, nor the other way round', async () => {
    const others: SealContext[] = 'personId' in context ? [ofTenant] : [ofPerson, { personId: ofTenant.tenantId, field: ofTenant.field }];
    for (const other of others) await expect(vault.open(await seal('secret'), other)).rejects.toThrow(CannotOpen);
  });

  it('does not open with parts of two envelopes, nor as another version', async () => {
    const [one, two] = [(await seal('secret')).split('.'), (await seal('secret')).split('.')];
    for (const part of [2, 3]) {
      const mixed = one.with(part, two[part] ?? '').join('.');
      await expect(vault.open(mixed, context)).rejects.toThrow(CannotOpen);
    }
    const version = form.startsWith('v1') ? 'v2' : 'v1';
    await expect(vault.open(one.with(0, version).join('.'), context)).rejects.toThrow(CannotOpen);
  });
});

describe('the place of a value', () => {
  it('tells values apart whose joined text is the same', async () => {
    const stored = await vault.seal('secret', { ...ofTenant, connectionId: 'ab', field: 'c' });
    await expect(vault.open(stored, { ...ofTenant, connectionId: 'a', field: 'bc' })).rejects.toThrow(CannotOpen);
  });

  it('includes the key id, even where two ids name the same bytes', async () => {
    const both = vaultOf(ringOf(oldKey, { id: 'k9', bytes: oldKey.bytes }), clock).vault;
    const stored = await both.seal('secret', ofPerson);
    await expect(both.open(stored.replace('.k1.', '.k9.'), ofPerson)).rejects.toThrow(CannotOpen);
  });
});

describe('the key of a tenant', () => {
  const fresh = () => vaultOf(ringOf(oldKey), clock, { table });
  const rowOf = (tenantId: string) => table.rows.get(tenantId) ?? { id: '', wrapped: null };

  it('is rejected with any bit of its row flipped', async () => {
    const stored = await vault.seal('secret', ofTenant);
    const row = rowOf('tenant-a');
    // Handed over as a reader of the row has it, so that nothing is answered from memory.
    expect(await survivors(row.wrapped ?? '', (wrapped) => fresh().vault.open(stored, ofTenant, { ...row, wrapped }))).toEqual([]);
    expect(await survivors(row.id, (id) => fresh().vault.open(stored, ofTenant, { ...row, id }))).toEqual([]);
    expect(await fresh().vault.open(stored, ofTenant, row)).toBe('secret');
  });

  it('is of no use to another tenant that copies it, with or without its id', async () => {
    const other = { ...ofTenant, tenantId: 'tenant-b' };
    const stored = await vault.seal('secret', ofTenant);
    const theirs = await vault.seal('theirs', other);
    const [row, theirRow] = [rowOf('tenant-a'), rowOf('tenant-b')];
    for (const copied of [row, { ...theirRow, wrapped: row.wrapped }]) {
      for (const envelope of [stored, theirs]) await expect(fresh().vault.open(envelope, other, copied)).rejects.toThrow(CannotOpen);
    }
  });

  it('is one, however many seal first at the same moment', async () => {
    const several = Array.from({ length: 5 }, () => fresh().vault);
    const context = { ...ofTenant, tenantId: 'tenant-c' };
    const envelopes = await Promise.all(several.map((each) => each.seal('secret', context)));
    expect(new Set(envelopes.map((envelope) => envelope.split('.')[1])).size).toBe(1);
    for (const envelope of envelopes) expect(await vault.open(envelope, context)).toBe('secret');
  });

  it('ends everything of the tenant when it is destroyed, at once, also where it was just used', async () => {
    const context = { ...ofTenant, tenantId: 'tenant-d' };
    const processes = [fresh().vault, fresh().vault];
    const stored = await vault.seal('secret', context);
    for (const each of processes) expect(await each.open(stored, context)).toBe('secret');
    table.rows.set('tenant-d', { id: rowOf('tenant-d').id, wrapped: null });
    for (const each of [...processes, fresh().vault]) {
      await expect(each.open(stored, context)).rejects.toThrow(CannotOpen);
      await expect(each.seal('new', context)).rejects.toThrow(CannotOpen);
    }
    expect(await vault.open(await vault.seal('others go on', ofTenant), ofTenant)).toBe('others go on');
  });

  it('is never asked for inside a database transaction', async () => {
    const stored = await vault.seal('secret', ofTenant);
    table.isInTransaction = true;
    try {
      await expect(vault.open(stored, ofTenant)).rejects.toThrow(/never inside one/);
      await expect(vault.open(stored, ofTenant, rowOf('tenant-a'))).rejects.toThrow(/never inside one/);
      await expect(vault.seal('secret', ofTenant)).rejects.toThrow(/never inside one/);
    } finally {
      table.isInTransaction = false;
    }
  });
});

describe('rotation', () => {
  const rotating = vaultOf(ringOf(newKey, oldKey), clock, { table });
  const after = vaultOf(ringOf(newKey), clock, { table });
  const current = async (which: Vault, stored: string, context: SealContext) => await which.isCurrent(stored, context);

  it('lifts an envelope of the first version', async () => {
    const before = sealAsV1(oldKey, 'secret', ofTenant);
    const lifted = await rotating.vault.rewrap(before, ofTenant);
    expect([await current(vault, before, ofTenant), await current(vault, lifted, ofTenant)]).toEqual([false, true]);
    expect(await vault.open(lifted, ofTenant)).toBe('secret');
    await expect(rotating.vault.rewrap(before, { ...ofTenant, connectionId: 'other' })).rejects.toThrow(CannotOpen);
  });

  it('re-wraps the key of a tenant and leaves what hangs on it as it is', async () => {
    const stored = await vault.seal('secret', ofTenant);
    await expect(after.vault.open(stored, ofTenant)).rejects.toThrow(CannotOpen);
    expect(await rotating.tenantKeys.rewrap('tenant-a')).toEqual({ from: 'k1', to: 'k2' });
    expect(await rotating.tenantKeys.rewrap('tenant-a')).toBeUndefined();
    expect(await tenantKeys.state('tenant-a')).toMatchObject({ wrappedBy: 'k2' });
    expect(await after.vault.open(stored, ofTenant)).toBe('secret');
    await expect(vault.open(stored, ofTenant)).rejects.toThrow(CannotOpen);
  });

  it('by two at once ends with one result that opens', async () => {
    const context = { ...ofTenant, tenantId: 'tenant-e' };
    const stored = await vault.seal('secret', context);
    const others = [1, 2, 3].map(() => vaultOf(ringOf(newKey, oldKey), clock, { table }).tenantKeys.rewrap('tenant-e'));
    expect((await Promise.all(others)).filter(Boolean)).toHaveLength(1);
    expect(await after.vault.open(stored, context)).toBe('secret');
  });

  it('of a person’s value goes from key to key', async () => {
    const before = await vault.seal('secret', ofPerson);
    const rewrapped = await rotating.vault.rewrap(before, ofPerson);
    expect([await current(rotating.vault, before, ofPerson), await current(rotating.vault, rewrapped, ofPerson)]).toEqual([false, true]);
    expect(await after.vault.open(rewrapped, ofPerson)).toBe('secret');
    await expect(after.vault.open(before, ofPerson)).rejects.toThrow(CannotOpen);
  });

  it('has nothing to do for a tenant without a key', async () => {
    expect(await rotating.tenantKeys.rewrap('nobody')).toBeUndefined();
    expect(await rotating.tenantKeys.state('nobody')).toBeUndefined();
  });
});

describe('a sealed cookie', () => {
  const inTenMinutes = new Date('2026-01-01T00:10:00Z');

  it('comes back until it expires', () => {
    const time = new FixedClock(new Date('2026-01-01T00:00:00Z'));
    const cookies = vaultOf(ringOf(oldKey), time).vault;
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
    expect(vaultOf(ringOf(newKey, oldKey), clock).vault.openCookie('sign-in', cookie)).toBe('state');
    for (const nonsense of ['', '.', 'v1.k1.', 'v1.k1.AAAA', 'v1.gone.AAAA', 'a'.repeat(5_000)])
      expect(vault.openCookie('sign-in', nonsense)).toBeUndefined();
  });
});
