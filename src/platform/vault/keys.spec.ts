import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FixedClock } from '../clock/fixed-clock.js';
import type { Key } from '../config/key-ring.js';
import { FileKeys } from './keys.js';
import { LocalWrapper } from './local-wrapper.js';
import { CannotOpen } from './vault.js';
import { randomKey, ringOf, TableInMemory, vaultOf } from './vault.fixture.js';

const [k1, k2, k3] = [randomKey('k1'), randomKey('k2'), randomKey('k3')];
const written = (...keys: Key[]) => keys.map(({ id, bytes }) => `${id}:${bytes.toString('base64')}`).join('\n');
const clock = new FixedClock(new Date('2026-01-01T00:00:00Z'));
const context = { tenantId: 'tenant-a', connectionId: 'connection-a', field: 'token' };

function keysFile(): { file: string; keys: FileKeys } {
  const file = join(mkdtempSync(join(tmpdir(), 'countersign-keys-')), 'keys');
  writeFileSync(file, written(k1));
  return { file, keys: new FileKeys(file, ringOf(k1)) };
}

describe('a key ring in a file', () => {
  it('is read again when it changed, within a second and without a restart', async () => {
    const { file, keys } = keysFile();
    expect(keys.ring().current.id).toBe('k1');
    writeFileSync(file, written(k2, k1));
    await vi.waitFor(() => expect(keys.ring().current.id).toBe('k2'), { timeout: 15_000 });
    // As secrets are replaced on most systems: another file under the same name.
    writeFileSync(`${file}.new`, written(k3, k2));
    renameSync(`${file}.new`, file);
    await vi.waitFor(() => expect([...keys.ring().byId.keys()]).toEqual(['k3', 'k2']), { timeout: 15_000 });
  });

  it('is read at once for a key that another process knows already', async () => {
    const { file, keys } = keysFile();
    const table = new TableInMemory();
    const slow = vaultOf(keys, clock, { table }).vault;
    expect(keys.ring().current.id).toBe('k1');
    writeFileSync(file, written(k2, k1));
    const ahead = vaultOf(ringOf(k2, k1), clock, { table }).vault;
    const [sealed, cookie] = [await ahead.seal('secret', context), ahead.sealCookie('p', 'v', new Date('2026-01-02T00:00:00Z'))];
    expect(await slow.open(sealed, context)).toBe('secret');
    expect(slow.openCookie('p', cookie)).toBe('v');
  });

  it('that is half written, weak or gone leaves the last good one in place and says so', async () => {
    const { file, keys } = keysFile();
    const wrapper = new LocalWrapper(keys);
    expect(await wrapper.health()).toEqual({ ok: true, sentence: 'Keys from COUNTERSIGN_KEYS_FILE; k1 seals.' });
    writeFileSync(file, written(k2).slice(0, 20));
    expect(await wrapper.health()).toMatchObject({ ok: false, sentence: expect.stringMatching(/COUNTERSIGN_KEYS_FILE: key 1/) as string });
    rmSync(file);
    expect(await wrapper.health()).toMatchObject({ ok: false, sentence: expect.stringMatching(/cannot be read: ENOENT/) as string });
    expect(keys.ring().current.id).toBe('k1');
    writeFileSync(file, written(k2));
    expect(await wrapper.health()).toEqual({ ok: true, sentence: 'Keys from COUNTERSIGN_KEYS_FILE; k2 seals.' });
    const { wrapped } = await wrapper.wrap(Buffer.alloc(32, 1), ['a']);
    await expect(wrapper.unwrap({ keyId: 'k1', wrapped }, ['a'])).rejects.toThrow(CannotOpen);
  });
});
