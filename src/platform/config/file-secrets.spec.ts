import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withFileSecrets } from './file-secrets.js';

const file = join(mkdtempSync(join(tmpdir(), 'countersign-secrets-')), 'secret');
writeFileSync(file, 'smtp://user:pass@mail.example\n');

it('reads what opens something from the file that is named instead', () => {
  const env = withFileSecrets({
    SMTP_URL_FILE: file,
    GOOGLE_CLIENT_SECRET_FILE: file,
    COUNTERSIGN_KEYS_FILE: file,
    PORT_FILE: file,
    DATABASE_URL_FILE: '',
  });
  expect(env).toMatchObject({ SMTP_URL: 'smtp://user:pass@mail.example', GOOGLE_CLIENT_SECRET: 'smtp://user:pass@mail.example' });
  for (const name of ['COUNTERSIGN_KEYS', 'PORT', 'DATABASE_URL']) expect(env).not.toHaveProperty(name);
});

it('says in one sentence what is wrong', () => {
  expect(() => withFileSecrets({ SMTP_URL: 'x', SMTP_URL_FILE: file })).toThrow('Set SMTP_URL or SMTP_URL_FILE, not both.');
  expect(() => withFileSecrets({ SMTP_URL_FILE: `${file}-gone` })).toThrow(/^SMTP_URL_FILE cannot be read: ENOENT/);
});
