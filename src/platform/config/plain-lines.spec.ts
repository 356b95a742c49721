import { describe, expect, it } from 'vitest';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { loadSettings } from './load-settings.js';
import { isPlainDatabase } from './plain-lines.js';

const key = { COUNTERSIGN_KEYS: 'k1:uA9x0Jm0nWq3qVY7lqk2u3m7VwZ0b0p7w0v1Yk2h3mE=' };
const live = {
  ...key,
  SANDBOX: 'off',
  PUBLIC_URL: 'https://billing.msp.example',
  TRUSTED_PROXIES: 'loopback',
  SMTP_URL: 'smtps://mail.example',
  MAIL_FROM: 'billing@msp.example',
};

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof OneSentenceError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const SIGN_IN = [
  'GOOGLE_AUTHORIZATION_URL',
  'GOOGLE_TOKEN_URL',
  'GOOGLE_PROFILE_URL',
  'GOOGLE_ISSUER',
  'GOOGLE_KEYS_URL',
  'MICROSOFT_METADATA_URL',
  'MICROSOFT_AUTHORIZATION_URL',
  'OIDC_ISSUER',
];

describe('plain http', () => {
  it.each(SIGN_IN)('is refused live for %s, on this machine, too, and in the sandbox anywhere else', (name) => {
    const sentence = [`${name} must begin with https://.`];
    expect(problemsOf({ ...live, [name]: 'http://id.example/{tenant}' })).toEqual(sentence);
    expect(problemsOf({ ...live, [name]: 'http://127.0.0.1:9/{tenant}' })).toEqual(sentence);
    expect(problemsOf({ ...key, [name]: 'http://id.example/{tenant}' })).toEqual(sentence);
    expect(problemsOf({ ...key, [name]: 'http://127.0.0.1:9/{tenant}' })).toEqual([]);
    expect(problemsOf({ ...live, [name]: 'https://id.example/{tenant}' })).toEqual([]);
  });

  it('is for a witness or a collector on this machine, or where a variable says that the network is ours', () => {
    expect(problemsOf({ ...live, AUDIT_HEAD_URL: 'http://witness.example' })).toEqual(['AUDIT_HEAD_URL must begin with https://.']);
    expect(problemsOf({ ...live, AUDIT_HEAD_URL: 'http://127.0.0.1:9' })).toEqual([]);
    const traces = { ...live, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
    expect(problemsOf(traces)).toEqual([expect.stringMatching(/^OTEL_EXPORTER_OTLP_ENDPOINT must begin with https:.*_INSECURE=true/)]);
    expect(problemsOf({ ...traces, OTEL_EXPORTER_OTLP_INSECURE: 'true' })).toEqual([]);
    expect(problemsOf({ ...live, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' })).toEqual([]);
  });
});

describe('the line to a database', () => {
  it.each([
    ['postgresql://o:p@db.example/c', true],
    ['postgresql://o:p@10.0.0.5/c', true],
    ['postgresql://o:p@localhost.example/c', true],
    ['postgresql://o:p@db.example/c?sslmode=disable', true],
    ['postgresql://o:p@db.example/c?sslmode=prefer', true],
    ['postgresql://o:p@db.example/c?sslmode=no-verify', true],
    ['postgresql://o:p@db.example/c?sslmode=require&uselibpqcompat=true', true],
    ['postgresql://o:p@localhost/c?host=db.example', true],
    ['postgresql://o:p@db.example/c?sslmode=require', false],
    ['postgresql://o:p@db.example/c?sslmode=verify-ca', false],
    ['postgresql://o:p@db.example/c?sslmode=verify-full', false],
    ['postgresql://o:p@db.example/c?sslmode=verify-full&uselibpqcompat=true', false],
    ['postgresql://o:p@db.example/c?ssl=true', false],
    ['postgresql://o:p@127.0.0.1:5432/c', false],
    ['postgresql://o:p@[::1]:5432/c', false],
    ['postgresql://o:p@localhost/c', false],
    ['postgresql://o:p@%2Fvar%2Frun%2Fpostgresql/c', false],
    ['postgresql:///c?host=/var/run/postgresql', false],
  ])('%s: plain %s', (url, plain) => {
    expect(isPlainDatabase(url)).toBe(plain);
  });

  it('is refused live when it is plain, unless a variable says that the network is ours', () => {
    const DATABASE_URL = 'postgresql://owner:long-enough-secret@db.example/countersign';
    expect(problemsOf({ ...live, DATABASE_URL })).toEqual([
      expect.stringMatching(/^DATABASE_URL leads to another machine.*sslmode=verify-full/),
    ]);
    expect(problemsOf({ ...live, DATABASE_URL, DATABASE_TLS: 'off' })).toEqual([]);
    expect(problemsOf({ ...live, DATABASE_URL: `${DATABASE_URL}?sslmode=verify-full` })).toEqual([]);
    expect(problemsOf({ ...key, SANDBOX: 'on', DATABASE_URL })).toEqual([]);
    expect(problemsOf({ ...live, DATABASE_URL: `${DATABASE_URL}?sslmode=require`, DATABASE_TLS: 'maybe' })).toEqual([
      'DATABASE_TLS must be one of required, off.',
    ]);
  });
});
