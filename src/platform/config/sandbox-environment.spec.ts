import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from './load-config.js';
import { withInvented } from './sandbox-environment.js';

const acme = z.object({
  ACME_API_URL: z.url().default('https://api.acme.example'),
  ACME_TOKEN_URL: z.url().default('https://id.acme.example/token'),
  ACME_CLIENT_ID: z.string().optional(),
  ACME_WEBHOOK_KEY: z.string().optional(),
});
const invented = {
  ACME_API_URL: 'http://127.0.0.1:1',
  ACME_TOKEN_URL: 'http://127.0.0.1:1/token',
  ACME_CLIENT_ID: 'invented',
  ACME_WEBHOOK_KEY: 'invented key',
  SMTP_URL: 'smtp://127.0.0.1:2',
};
const merged = (given: Record<string, string>) => withInvented(given, invented, [acme]);

it('is that of the invented vendors where nothing is set', () => {
  expect(merged({ PORT: '1', ACME_API_URL: '' })).toEqual({ PORT: '1', ...invented });
});

it('is what an operator has set as a vendor’s address, and the rest of it where they set nothing', () => {
  expect(merged({ ACME_API_URL: 'http://127.0.0.1:9' })).toEqual({ ...invented, ACME_API_URL: 'http://127.0.0.1:9' });
  const own = { ACME_API_URL: 'http://127.0.0.1:9', ACME_CLIENT_ID: 'mine' };
  expect(merged(own)).toEqual({ ...invented, ...own });
});

it('leads nobody to a real vendor by a copied example or by a client that is set for a live system', () => {
  const copied = { ACME_API_URL: 'https://api.acme.example/', ACME_TOKEN_URL: 'https://id.acme.example/token', ACME_CLIENT_ID: 'real' };
  expect(merged(copied)).toEqual(invented);
});

it('takes a webhook key that is set, and keeps mail here', () => {
  const set = { ACME_WEBHOOK_KEY: 'mine', SMTP_URL: 'smtps://mail.example' };
  expect(merged(set)).toEqual({ ...invented, ACME_WEBHOOK_KEY: 'mine' });
});

it('is what the app reads', () => {
  const given = {
    SANDBOX: 'on',
    COUNTERSIGN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    COUNTERSIGN_APP_DATABASE_URL: 'postgresql://a',
    COUNTERSIGN_SCHEDULER_DATABASE_URL: 'postgresql://s',
    COUNTERSIGN_SANDBOX: JSON.stringify({ pid: 1, urls: {}, environment: { ...invented, GOOGLE_ISSUER: 'http://127.0.0.1:3' } }),
    ACME_API_URL: 'http://127.0.0.1:9',
    GOOGLE_CLIENT_ID: 'google',
    GOOGLE_CLIENT_SECRET: 'secret',
    MAIL_FROM: 'a@a.example',
  };
  const config = loadConfig(given, [{ key: 'acme', environment: acme }]);
  expect(config.connectorEnvironment).toMatchObject({ ACME_API_URL: 'http://127.0.0.1:9', ACME_TOKEN_URL: 'http://127.0.0.1:1/token' });
  expect(config.google?.issuer).toBe('http://127.0.0.1:3');
});
