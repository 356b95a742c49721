import { expect, it } from 'vitest';
import { iconSvg } from './icons.js';

it('is silent unless it has a label', () => {
  expect(iconSvg('inbox')).toContain('aria-hidden="true"');
  expect(iconSvg('inbox', 'A "quoted" <label>')).toContain('role="img" aria-label="A &quot;quoted&quot; &lt;label>"');
});

it('refuses a name that is not in the set, or not a name', () => {
  expect(() => iconSvg('no-such-icon')).toThrow();
  expect(() => iconSvg('../package')).toThrow('not the name of an icon');
});
