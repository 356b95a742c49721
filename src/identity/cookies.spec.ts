import type { Request } from 'express';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../platform/config/load-config.js';
import { Cookies } from './cookies.js';

const key = createHash('sha256').update('cookies').digest('base64');
const always = { COUNTERSIGN_KEYS: `k1:${key}`, COUNTERSIGN_APP_DATABASE_URL: 'a', COUNTERSIGN_SCHEDULER_DATABASE_URL: 's' };
const mail = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'a@msp.example' };

function cookies(env: Record<string, string>): Cookies {
  return new Cookies(loadConfig({ ...always, ...env }, []));
}

describe('our cookies', () => {
  it.each([
    [{ SANDBOX: 'on' }, 'countersign'],
    [{ SANDBOX: 'on', PUBLIC_URL: 'https://localhost:3000' }, '__Host-countersign'],
    [{ ...mail, SANDBOX: 'off', PUBLIC_URL: 'https://billing.msp.example', TRUSTED_PROXIES: 'loopback' }, '__Host-countersign'],
    [{ ...mail, SANDBOX: 'off', PUBLIC_URL: 'http://localhost:3000' }, '__Host-countersign'],
  ])('are bound to the host everywhere but in a sandbox over http: %j', (env, name) => {
    expect(cookies(env).name('session')).toBe(name);
  });

  it('are read by their whole name', () => {
    const request = { headers: { cookie: 'xcountersign=1; countersign-sign-in=2; countersign=3; other=4' } } as Request;
    expect([cookies({ SANDBOX: 'on' }).read(request, 'session'), cookies({ SANDBOX: 'on' }).read(request, 'signIn')]).toEqual(['3', '2']);
    expect(cookies({ SANDBOX: 'on' }).read({ headers: {} } as Request, 'session')).toBeUndefined();
  });
});
