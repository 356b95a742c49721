import type { ServerResponse } from 'node:http';
import { Agent } from 'node:https';
import { inspect } from 'node:util';
import axios from 'axios';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FixedClock } from '../clock/fixed-clock.js';
import { KeysUnavailable } from './key-wrapper.js';
import { TransitServer } from './transit-server.fixture.js';
import { TransitWrapper } from './transit-wrapper.js';
import { CannotOpen } from './vault.js';
import { randomKey, ringOf, TableInMemory, vaultOf } from './vault.fixture.js';

// Real HTTP on this machine against a server that answers as the transit engine does.
const server = new TransitServer();
const clock = new FixedClock(new Date('2026-01-01T00:00:00Z'));
const ring = ringOf(randomKey('local'));
const ofTenant = { tenantId: 'tenant-a', connectionId: 'connection-a', field: 'token' };
const ofPerson = { personId: 'person-a', field: 'totp' };
let url = '';

const wrapperWith = (more: object = {}) =>
  new TransitWrapper({ url, token: server.token, mount: 'transit', key: 'countersign', timeoutMs: 2_000, retryDelayMs: 1, ...more });
const status = (code: number) => (_: unknown, response: ServerResponse) => void response.writeHead(code).end('{"errors":["x"]}');
const hangUp = (_: unknown, response: ServerResponse) => void response.destroy();
const silence = () => {};
const say = (text: string) => (_: unknown, response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(text);

beforeAll(async () => {
  url = await server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.seen.length = 0;
  server.trouble.length = 0;
});

describe('a vault behind a transit engine', () => {
  it('seals and opens for tenants and persons, and the engine never sees a secret', async () => {
    const { vault } = vaultOf(ring, clock, { wrapper: wrapperWith() });
    for (const context of [ofTenant, ofPerson])
      expect(await vault.open(await vault.seal('the secret', context), context)).toBe('the secret');
    expect(server.seen.map(({ body }) => body).join()).not.toContain(Buffer.from('the secret').toString('base64'));
    expect(await vault.seal('x', ofPerson)).toMatch(/^v2\.countersign-v1\./);
  });

  it('asks once a minute for a tenant, not for every reading', async () => {
    const table = new TableInMemory();
    const stored = await vaultOf(ring, clock, { table, wrapper: wrapperWith() }).vault.seal('secret', ofTenant);
    const { vault } = vaultOf(ring, clock, { table, wrapper: wrapperWith() });
    server.seen.length = 0;
    await Promise.all(Array.from({ length: 50 }, () => vault.open(stored, ofTenant)));
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/transit/decrypt/countersign']);
    expect(table.reads).toBeGreaterThanOrEqual(50);
  });

  it('re-wraps to the newest version of the key and still opens what older ones wrapped', async () => {
    const table = new TableInMemory();
    const before = wrapperWith();
    const { vault } = vaultOf(ring, clock, { table, wrapper: before });
    const [stored, personal] = [await vault.seal('secret', ofTenant), await vault.seal('mine', ofPerson)];
    server.rotate();
    const after = wrapperWith();
    const later = vaultOf(ring, clock, { table, wrapper: after });
    expect(await later.vault.open(personal, ofPerson)).toBe('mine');
    expect(await later.vault.isCurrent(personal, ofPerson)).toBe(false);
    expect(await later.vault.isCurrent(await later.vault.rewrap(personal, ofPerson), ofPerson)).toBe(true);
    expect(await later.tenantKeys.rewrap('tenant-a')).toEqual({ from: await before.currentKeyId(), to: await after.currentKeyId() });
    expect(await before.currentKeyId()).not.toBe(await after.currentKeyId());
    expect(await vault.open(stored, ofTenant)).toBe('secret');
  });

  it('rejects what it wrapped with any bit flipped, elsewhere, or under another version', async () => {
    const wrapper = wrapperWith();
    const { keyId, wrapped } = await wrapper.wrap(Buffer.alloc(32, 7), ['place']);
    const stored = Buffer.from(wrapped, 'utf8');
    const survivors: string[] = [];
    for (let position = 0; position < stored.length; position += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(stored);
        changed[position] = (changed[position] ?? 0) ^ (1 << bit);
        const failure = await wrapper.unwrap({ keyId, wrapped: changed.toString('latin1') }, ['place']).catch((error: unknown) => error);
        if (!(failure instanceof CannotOpen)) survivors.push(`${position}.${bit}`);
      }
    }
    expect(survivors).toEqual([]);
    await expect(wrapper.unwrap({ keyId, wrapped }, ['other place'])).rejects.toThrow(CannotOpen);
    await expect(wrapper.unwrap({ keyId: 'countersign-v99', wrapped }, ['place'])).rejects.toThrow(CannotOpen);
    expect(await wrapper.unwrap({ keyId, wrapped }, ['place'])).toEqual(Buffer.alloc(32, 7));
  });
});

describe('a transit engine in trouble', () => {
  it.each([
    ['a broken line', hangUp],
    ['a busy answer', status(429)],
    ['an error of its own', status(500)],
    ['a seal', status(503)],
    ['silence', silence],
  ])('is asked again after %s, since asking twice does no harm', async (_, trouble) => {
    const wrapper = wrapperWith();
    server.trouble.push(trouble, trouble);
    const { keyId, wrapped } = await wrapper.wrap(Buffer.alloc(32, 7), ['place']);
    server.trouble.push(trouble);
    expect(await wrapper.unwrap({ keyId, wrapped }, ['place'])).toEqual(Buffer.alloc(32, 7));
  });

  it.each([
    ['silence', [silence, silence, silence], /cannot be reached \((ERR_CANCELED|ECONNABORTED)\)/, 3],
    ['a seal that stays', [status(503), status(503), status(503)], /status 503 \(it is sealed/, 3],
    ['a refused token', [status(403)], /status 403 \(KEYS_TOKEN may not use this key/, 1],
    ['a key that is not there', [status(404)], /status 404 \(KEYS_TRANSIT_MOUNT or KEYS_TRANSIT_KEY/, 1],
    ['a wish it does not understand', [status(400)], /status 400/, 1],
    ['a redirect', [status(307)], /status 307/, 1],
    ['nonsense', [say('[]')], /without a ciphertext/, 1],
    ['a ciphertext of another make', [say('{"data":{"ciphertext":"aws:kms:x"}}')], /without a ciphertext/, 1],
    ['an answer without end', Array(3).fill(say(`"${'x'.repeat(200_000)}"`)), /cannot be reached/, 3],
  ])('that ends in %s gives a refusal for people and the cause for the operator', async (_, troubles, cause, asked) => {
    server.trouble.push(...(troubles as (typeof silence)[]));
    const { vault, table } = vaultOf(ring, clock, { wrapper: wrapperWith() });
    const failure = await vault.seal('secret', ofTenant).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KeysUnavailable);
    expect(failure).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/does not answer.*Nothing was changed/) as string,
    });
    expect((failure as KeysUnavailable).because).toMatch(cause);
    expect(server.seen).toHaveLength(asked);
    // No way round: nothing was stored, and nothing that could be logged holds the token or the key.
    expect(table.rows.size).toBe(0);
    const shown = inspect(failure, { depth: 10, showHidden: true });
    for (const secret of [server.token, ...server.seen.map(({ body }) => (JSON.parse(body) as { plaintext?: string }).plaintext ?? '-')])
      expect(shown).not.toContain(secret);
  });

  it.each([
    [say('{"data":{}}'), /without a plaintext/],
    [status(403), /status 403/],
  ])('while reading is a refusal and not a changed value', async (trouble, cause) => {
    const wrapper = wrapperWith();
    const { keyId, wrapped } = await wrapper.wrap(Buffer.alloc(32, 7), ['place']);
    server.trouble.push(trouble);
    await expect(wrapper.unwrap({ keyId, wrapped }, ['place'])).rejects.toMatchObject({ because: expect.stringMatching(cause) as string });
  });

  it('recovers: what failed is not remembered', async () => {
    const table = new TableInMemory();
    const stored = await vaultOf(ring, clock, { table, wrapper: wrapperWith() }).vault.seal('secret', ofTenant);
    const { vault } = vaultOf(ring, clock, { table, wrapper: wrapperWith() });
    server.trouble.push(status(403));
    await expect(vault.open(stored, ofTenant)).rejects.toThrow(KeysUnavailable);
    expect(await vault.open(stored, ofTenant)).toBe('secret');
  });

  it('says in its health what is wrong', async () => {
    expect(await wrapperWith().health()).toMatchObject({ ok: true, sentence: expect.stringMatching(/countersign-v\d seals/) as string });
    expect(await wrapperWith({ token: 'wrong' }).health()).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/KEYS_TOKEN/) as string,
    });
    expect(await wrapperWith({ key: 'other' }).health()).toMatchObject({ ok: false, sentence: expect.stringMatching(/404/) as string });
    server.trouble.push(say('{"data":{"type":"rsa"}}'));
    expect(await wrapperWith().health()).toMatchObject({ ok: false, sentence: expect.stringMatching(/does not describe/) as string });
    expect(await wrapperWith({ url: 'http://127.0.0.1:1' }).health()).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/ECONNREFUSED/) as string,
    });
  });
});

describe('a transit engine behind TLS', () => {
  it('is spoken to when its certificate is known, and not otherwise', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const secured = new TransitServer({ key, cert });
    const address = await secured.start();
    const wrapper = () => wrapperWith({ url: address, token: secured.token });
    try {
      expect(await wrapper().health()).toMatchObject({ ok: false, sentence: expect.stringMatching(/SELF_SIGNED/) as string });
      axios.defaults.httpsAgent = new Agent({ ca: cert });
      expect(await wrapper().health()).toMatchObject({ ok: true });
    } finally {
      delete axios.defaults.httpsAgent;
      await secured.stop();
    }
  });
});
