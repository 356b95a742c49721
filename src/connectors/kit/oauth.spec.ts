import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../../ports/connector-error.js';
import { OAuthClient, type OAuthApp } from './oauth.js';

const SECRET = 'client-secret_with.signs~';
const app = (base: string, more: Partial<OAuthApp> = {}): OAuthApp => ({
  label: 'Vendor',
  clientId: 'client-id_1',
  clientSecret: SECRET,
  settings: ['VENDOR_CLIENT_ID', 'VENDOR_CLIENT_SECRET'],
  authorizeUrl: `${base}/authorize`,
  tokenUrl: `${base}/token`,
  revokeUrl: `${base}/revoke`,
  scope: 'books offline',
  pkce: true,
  refusal: () => undefined,
  statusError: ({ status }) => new ConnectorError('unavailable', 'Vendor is away.', { status }),
  ...more,
});

describe('the way to a vendor’s consent', () => {
  it('sends the secret to nobody without TLS but a sandbox on this machine', async () => {
    const away = new OAuthClient(app('http://vendor.example'));
    await expect(away.refresh({ refreshToken: 'r' })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('https only'),
    });
    await expect(away.revoke({ refreshToken: 'r' })).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('signs the app in with its id and secret as they are, once, and keeps what the answer says of its life', async () => {
    const heard: { authorization: string | undefined; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push({ authorization: request.headers.authorization, body });
        response.setHeader('content-type', 'application/json').end('{"access_token":"a","token_type":"bearer","expires_in":1800}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const oauth = new OAuthClient(app(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    expect(await oauth.refresh({ refreshToken: 'old' })).toEqual({ accessToken: 'a', refreshToken: 'old', expiresIn: '1800' });
    await oauth.exchange('code-1', { redirectUri: 'https://us.example/back', codeVerifier: 'v'.repeat(43) });
    server.close();
    const basic = `Basic ${Buffer.from(`client-id_1:${SECRET}`).toString('base64')}`;
    expect(heard.map(({ authorization }) => authorization)).toEqual([basic, basic]);
    expect(Object.fromEntries(new URLSearchParams(heard[0]?.body))).toEqual({ grant_type: 'refresh_token', refresh_token: 'old' });
    expect(Object.fromEntries(new URLSearchParams(heard[1]?.body))).toEqual({
      grant_type: 'authorization_code',
      code: 'code-1',
      redirect_uri: 'https://us.example/back',
      code_verifier: 'v'.repeat(43),
    });
  });

  it('says what to set where there is no app', () => {
    const none = new OAuthClient(app('https://vendor.example', { clientId: undefined }));
    expect(() => none.authorizeUrl({ state: 's', redirectUri: 'https://us.example/back', codeChallenge: 'c' })).toThrow(
      'VENDOR_CLIENT_ID and VENDOR_CLIENT_SECRET',
    );
  });
});
