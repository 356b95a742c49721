import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectorError } from '../../../src/ports/connector-error.js';
import { connectedPsa, FORM, type ConnectedPsa } from './connected.fixture.js';
import { ConnectwiseConnector } from '../../../src/connectors/connectwise/connectwise.module.js';
import { apiHost, signInHost, siteOf } from '../../../src/connectors/connectwise/site.js';

let psa: ConnectedPsa;
beforeAll(async () => void (psa = await connectedPsa()));
afterAll(() => psa.close());
afterEach(() => psa.control('DELETE', '/faults'));

const connecting = (values: Partial<typeof FORM>) => psa.connector.connect.connect({ ...FORM, ...values });
const refusal = async (values: Partial<typeof FORM>): Promise<ConnectorError> => {
  const error: unknown = await connecting(values).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  return error as ConnectorError;
};

describe('connecting', () => {
  it('looks the company up, tries the keys and keeps what every call needs', async () => {
    const grant = await connecting({ companyId: ' LumenIT ' });
    expect(grant.accounts).toEqual([{ externalAccountId: 'lumenit', label: 'Lumen IT' }]);
    expect(grant.credentials).toMatchObject({
      companyId: 'LumenIT',
      publicKey: FORM.publicKey,
      privateKey: FORM.privateKey,
      codebase: 'v2025_1/',
    });
  });

  it.each<[Partial<typeof FORM>, RegExp]>([
    [{ companyId: 'nobody' }, /does not know the company "nobody".*Check the company id/],
    [{ companyId: '' }, /Company ID is empty/],
    [{ companyId: 'a+b' }, /company id contains a character/],
    [{ publicKey: 'wrong' }, /refuses the public or the private key/],
    [{ privateKey: 'wrong' }, /refuses the public or the private key/],
    [{ privateKey: ' ' }, /Private key is empty/],
  ])('says which value is wrong: %j', async (values, sentence) => {
    expect((await refusal(values)).message).toMatch(sentence);
  });

  it('understands the cloud’s own refusals: 404, text and a gateway that lets nobody in', async () => {
    const lookup = { match: { path: '/login/companyinfo' }, mode: 'status' };
    await psa.control('POST', '/faults', { ...lookup, status: 404 });
    expect((await refusal({})).message).toMatch(/does not know the company/);
    await psa.control('POST', '/faults', { ...lookup, status: 400 });
    expect((await refusal({})).message).toMatch(/does not know the company/);
    await psa.control('POST', '/faults', { ...lookup, status: 503 });
    expect(await refusal({})).toMatchObject({ kind: 'unavailable' });
    await psa.control('POST', '/faults', { ...lookup, status: 403 });
    expect((await refusal({})).message).toMatch(/does not answer like/);
    await psa.control('POST', '/faults', { match: { path: '/system/info' }, mode: 'status', status: 400 });
    expect((await refusal({})).message).toMatch(/let these keys in/);
    await psa.control('POST', '/faults', { match: { path: '/system/info' }, mode: 'status', status: 404 });
    expect((await refusal({})).message).toMatch(/let these keys in/);
  });

  it('needs a client id outside the sandbox, and names the setting', async () => {
    const { connect } = new ConnectwiseConnector({});
    await expect(connect.connect(FORM)).rejects.toThrow(/CONNECTWISE_CLIENT_ID/);
  });

  it('never puts a key into a sentence', async () => {
    const error = await refusal({ privateKey: 'hush-hush' });
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('hush-hush');
  });
});

describe('a site that is something else', () => {
  let server: Server;
  let answer: { status: number; text: string; headers?: Record<string, string> };
  beforeAll(async () => {
    server = createServer((_request, response) => void response.writeHead(answer.status, answer.headers ?? {}).end(answer.text));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const there = () => new ConnectwiseConnector({ CONNECTWISE_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

  it.each([
    [{ status: 200, text: '<html>Welcome</html>' }, /does not answer like/],
    [{ status: 200, text: '{"ok":true}' }, /does not answer like/],
    [{ status: 200, text: 'null' }, /does not know the company/],
    [{ status: 302, text: '', headers: { Location: 'http://127.0.0.1:1/' } }, /does not answer like/],
  ])('is told apart: %j', async (given, sentence) => {
    answer = given;
    await expect(there().connect.connect(FORM)).rejects.toThrow(sentence);
  });
});

describe('hosts', () => {
  it.each([
    ['na.myconnectwise.net', 'na.myconnectwise.net'],
    ['api-na.myconnectwise.net', 'na.myconnectwise.net'],
    [' https://eu.myconnectwise.net/v2025_1/ConnectWise.aspx?x=1 ', 'eu.myconnectwise.net'],
    ['psa.msp.example:8443', 'psa.msp.example:8443'],
  ])('%s is where people sign in at %s', (typed, host) => expect(signInHost(typed)).toBe(host));

  it.each([
    '',
    'http://na.myconnectwise.net',
    'localhost',
    '127.0.0.1',
    '[::1]',
    '169.254.169.254',
    'metadata.google.internal',
    'https://a:b@na.myconnectwise.net',
    'na',
  ])('%j is no public https site', (typed) => expect(() => signInHost(typed)).toThrow(/not a web address/));

  it.each([
    ['na.myconnectwise.net', 'v2025_1/', 'api-na.myconnectwise.net'],
    ['na.myconnectwise.net', 'v4_6_release/', 'api-na.myconnectwise.net'],
    ['staging.connectwisedev.com', 'v2025_1/', 'api-staging.connectwisedev.com'],
    ['psa.msp.example', 'v4_6_release/', 'psa.msp.example'],
  ])('%s with %s has its API at %s', (host, codebase, api) => {
    expect(apiHost(host, codebase)).toBe(api);
    const settings = { CONNECTWISE_TIMEOUT_MS: 1, CONNECTWISE_RETRY_DELAY_MS: 1, ALLOWED_PRIVATE_HOSTS: [] };
    expect(siteOf(settings, { site: host, codebase, companyId: 'x' })).toEqual({
      apiUrl: `https://${api}`,
      appUrl: `https://${host}`,
      company: 'x',
      codebase,
    });
  });
});
