import { describe, expect, it } from 'vitest';
import { scrub } from './scrub.js';

const jwt = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiI0MiJ9', 'c2lnbmF0dXJl'].join('.');

describe('scrub', () => {
  it.each([
    ['an authorization header', 'Authorization: Bearer abc.def-123', 'abc.def'],
    ['basic credentials', 'sent Basic dXNlcjpwYXNz to it', 'dXNlcjpwYXNz'],
    ['a database address', 'postgresql://owner:hunter2secret@127.0.0.1/x', 'hunter2secret'],
    ['a callback address', '/callback?code=4Sx&state=zzz&x=1', '4Sx'],
    ['a token in JSON', '{"refresh_token":"AB11-x","a":1}', 'AB11-x'],
    ['a token in JSON inside JSON', '{"msg":"{\\"password\\":\\"open sesame\\"}"}', 'open sesame'],
    ['a secret as text', 'client_secret=abcd1234 was refused', 'abcd1234'],
    ['an e-mail address', 'no mail to ann.o+x@lumen.example today', 'ann.o'],
    ['an encoded e-mail address', 'login_hint=ann%40lumen.example', 'ann%40'],
    ['a JWT', `token was ${jwt}`, 'eyJzdWIi'],
    ['a sealed envelope', 'v1.k1.c2VhbGVkIGRhdGEga2V5IGJ5dGVz.c2VhbGVkIHZhbHVl opened', 'c2VhbGVk'],
    ['what only a machine writes', 'key 9fXk2LmQpR8sTuVwXyZaBcDeFgHiJkLmNoPqRsTuV12 used', '9fXk2LmQ'],
    ['a private key', `${'-----BEGIN '}PRIVATE KEY-----\nMIIEvQIBADAN\n${'-----END '}PRIVATE KEY-----`, 'MIIEvQ'],
  ])('hides %s', (_, text, secret) => {
    expect(scrub(text)).not.toContain(secret);
  });

  it.each([
    'document 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef was printed',
    'request 0199f0a0-0000-7000-8000-000000000001 took 12 ms',
    'connect ECONNREFUSED 127.0.0.1:5432',
    '    at TenantTransaction.run (file:///srv/app/dist/database/tenant-transaction.js:31:9)',
    'https://api.vendor.example/v1/invoices?page=2',
    '{"code":"ECONNRESET","state":"posted","level":"info"}',
  ])('leaves alone what helps: %s', (text) => {
    expect(scrub(text)).toBe(text);
  });

  it('leaves JSON that can be read', () => {
    const line = JSON.stringify({ msg: `"password":"a\\"b" ann@lumen.example ${jwt}`, err: { message: 'Bearer abcdefgh' } });
    expect(() => JSON.parse(scrub(line)) as unknown).not.toThrow();
  });
});
