import { describe, expect, it } from 'vitest';
import { BARE_POLICY, PAGE_POLICY, PDF_POLICY, PICTURE_POLICY } from './content-policies.js';

/** What a browser takes a directive for; where it is missing `default-src` counts. */
function allowed(policy: string, directive: string): string {
  const directives = new Map(policy.split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1).join(' ')]));
  return directives.get(directive) ?? directives.get('default-src') ?? '*';
}

describe('a content policy', () => {
  it('lets pages run and style themselves by files of ours alone: nothing inline, nothing evaluated, nothing from elsewhere', () => {
    for (const directive of ['script-src', 'style-src', 'connect-src', 'form-action'])
      expect(allowed(PAGE_POLICY, directive)).toBe("'self'");
  });

  it.each([BARE_POLICY, PDF_POLICY, PICTURE_POLICY])('runs no script at all in what is no page: %s', (policy) => {
    expect(allowed(policy, 'script-src')).toBe("'none'");
  });

  it.each([PAGE_POLICY, BARE_POLICY, PDF_POLICY, PICTURE_POLICY])('lets nobody frame an answer or move its addresses: %s', (policy) => {
    for (const directive of ['frame-ancestors', 'base-uri', 'default-src']) expect(allowed(policy, directive)).toBe("'none'");
  });
});
