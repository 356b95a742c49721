import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { secretProblems } from './house/secret-rules.js';
import { filesBelow } from './house/source-files.js';

interface Allowed {
  advisory: number;
  package: string;
  reason: string;
  until: string;
}

const { auditProblems } = (await import(pathToFileURL(resolve('scripts/audit-problems.mjs')).href)) as {
  auditProblems: (audit: object, allowed: readonly Allowed[], today: string) => string[];
};
const BINARY = /\.(png|ico|woff2?|pdf|tsbuildinfo)$/;

/** What git would hand to anybody; without git, all that lies here. */
function tracked(): { path: string; text: string }[] {
  try {
    const paths = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
    return paths.filter((path) => !BINARY.test(path)).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  } catch {
    return filesBelow('.', (path) => !BINARY.test(path));
  }
}

describe('the tree', () => {
  it('holds nothing that opens anything', () => {
    const files = tracked();
    expect(files.length).toBeGreaterThan(500);
    expect(files.flatMap(secretProblems)).toEqual([]);
  });

  const at = (...parts: string[]): string => parts.join('');
  it.each([
    ['a private key', at('-----BEGIN RSA PRIV', 'ATE KEY-----\n', 'MIIEpAIBAAKCAQEA'.repeat(4))],
    ['a key of a cloud', at('AK', 'IAIOSFODNN7EXAMPLE')],
    ['a token of a code host', at('gh', 'p_', 'a1B2'.repeat(9))],
    ['a token of a package registry', at('//host/:_auth', 'Token=abcdef')],
    ['a token of a chat', at('xox', 'b-1234567890-abcdefghijkl')],
    ['a key of a payment provider', at('sk_', 'live_', 'a1B2c3D4'.repeat(3))],
    ['a secret of a sign-in client', at('GOC', 'SPX-', 'a1B2c3D4'.repeat(3), 'abcd')],
    ['a signed token', at('ey', 'JhbGciOiJSUzI1NiJ9.ey', 'JzdWIiOiI0MiIsIm4iOjF9.', 'c2lnbmF0dXJl'.repeat(3))],
    ['a key of the vault', at('COUNTERSIGN_', 'KEYS=k1:', 'q'.repeat(43), '=')],
    ['a password in an address', at('postgres', 'ql://owner:', 'kX93mmPq7z', '@db.corp.internal/x')],
  ])('would be seen to hold %s', (what, secret) => {
    expect(secretProblems({ path: 'a.md', text: `one\n${secret}` })).toEqual([`a.md:2: ${what}`]);
  });
});

describe('the judgement on what npm audit says', () => {
  const finding = (severity: string, id = 1) => ({
    vulnerabilities: { a: { via: [{ source: id, name: 'a', severity, title: 'bad', url: 'https://example.com/GHSA-1' }] } },
  });
  const allowed = (until: string, id = 1): Allowed => ({ advisory: id, package: 'a', reason: 'not reached', until });

  it('lets nothing grave pass that nobody has allowed, for a reason and for a time', () => {
    expect(auditProblems(finding('high'), [], '2026-11-27')).toEqual(['a: bad (high, https://example.com/GHSA-1)']);
    expect(auditProblems(finding('critical'), [allowed('2027-01-01', 2)], '2026-11-27')).toHaveLength(2);
    expect(auditProblems(finding('high'), [allowed('2027-01-01')], '2026-11-27')).toEqual([]);
    expect(auditProblems(finding('moderate'), [], '2026-11-27')).toEqual([]);
  });

  it('ends a permission on its day, and asks for one that is of no use to go', () => {
    expect(auditProblems(finding('high'), [allowed('2026-11-26')], '2026-11-27')).toEqual([
      'a: allowed until 2026-11-26, which has passed',
    ]);
    expect(auditProblems({ vulnerabilities: {} }, [allowed('2027-01-01')], '2026-11-27')).toEqual([
      'a: allowed, and not found any more: take it off the list',
    ]);
    expect(auditProblems(finding('high'), [{ ...allowed('2027-01-01'), reason: ' ' }], '2026-11-27')).toEqual([
      'a: allowed without a reason',
    ]);
  });
});
