import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { weakSecrets } from './weak-secrets.js';

const strong = randomBytes(24).toString('base64url');

describe('a secret of a live installation', () => {
  it.each([
    'secret',
    'changeme',
    'please-change-me-now',
    '<your secret>',
    'your-client-secret',
    'xxxxxxxxxx',
    '...',
    'test',
    'sandbox-acme-secret',
    'password1',
    '123456789',
    'short',
    'abababababab',
  ])('that is "%s" is refused, and the sentence does not say it', (value) => {
    const [sentence, ...more] = weakSecrets({ ACME_CLIENT_SECRET: value }, ['ACME_CLIENT_SECRET']);
    expect(sentence).toMatch(/^ACME_CLIENT_SECRET (is|repeats) .*\.$/);
    if (value.length > 6 && value !== 'password1') expect(sentence).not.toContain(value);
    expect(more).toEqual([]);
  });

  it('is looked at in every variable of its kind and in addresses, and strong ones are let be', () => {
    const names = ['A_CLIENT_SECRET', 'KEYS_TOKEN', 'ACME_WEBHOOK_KEY', 'SMTP_URL', 'DATABASE_URL', 'A_CLIENT_ID', 'A_TOKEN_URL'];
    const weak = { A_CLIENT_SECRET: 'secret', KEYS_TOKEN: 'token', ACME_WEBHOOK_KEY: 'key', A_CLIENT_ID: 'test', A_TOKEN_URL: 'x' };
    const addresses = { SMTP_URL: 'smtps://u:password@mail.example', DATABASE_URL: 'postgresql://u:changeme@db.example/c' };
    expect(weakSecrets({ ...weak, ...addresses }, names).map((sentence) => sentence.split(' is ')[0])).toEqual([
      'A_CLIENT_SECRET',
      'KEYS_TOKEN',
      'ACME_WEBHOOK_KEY',
      'The password in SMTP_URL',
      'The password in DATABASE_URL',
    ]);
    expect(weakSecrets(Object.fromEntries(names.map((name) => [name, strong])), names)).toEqual([]);
    expect(weakSecrets({ SMTP_URL: 'smtps://mail.example', DATABASE_URL: `postgresql://u:${strong}@db.example/c` }, names)).toEqual([]);
  });
});
