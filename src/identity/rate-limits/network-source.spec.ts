import { expect, it } from 'vitest';
import { networkSource } from './network-source.js';

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:aaaa::1', '2001:db8:1:2'],
  ['2001:db8:1:2:bbbb::1', '2001:db8:1:2'],
  [undefined, 'unknown'],
  ['somebody', 'unknown'],
])('%s counts as %s', (address, source) => expect(networkSource(address)).toBe(source));
