import { describe, expect, it } from 'vitest';
import { isPublicAddress, isWithin } from './public-address.js';

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8', '2a00:1450:4001:81b::200e'])(
    'of the internet is public: %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ['this machine', ['127.0.0.1', '127.255.255.254', '::1', '0.0.0.0', '::', '::ffff:127.0.0.1', '::127.0.0.1']],
    ['a private network', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1', 'fc00::1', 'fec0::1', '::ffff:10.1.2.3']],
    ['the carrier', ['100.64.0.1', '100.100.100.200']],
    ['the link, and the secrets of clouds', ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', '168.63.129.16']],
    ['an IPv4 address in disguise', ['64:ff9b::a00:1', '64:ff9b:1::a00:1', '2002:a00:1::', '2001::1', '::ffff:0:0']],
    [
      'many, or nobody',
      ['224.0.0.1', 'ff02::1', '255.255.255.255', '240.0.0.1', '192.0.2.1', '198.18.0.1', '203.0.113.7', '2001:db8::1', '3fff::1'],
    ],
    ['nothing', ['', 'localhost', '1.2.3.4.5', '8.8.8.8/32', '8.8.8.8 ', '[::1]']],
  ])('of %s is not', (_, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it('lies in a network of its own kind', () => {
    expect(isWithin('10.1.2.3', ['192.168.0.0/16', '10.0.0.0/8'])).toBe(true);
    expect(isWithin('::ffff:10.1.2.3', ['10.0.0.0/8'])).toBe(true);
    expect(isWithin('fd00::1', ['fd00::/8', '10.0.0.1'])).toBe(true);
    expect(isWithin('10.0.0.1', ['10.0.0.1'])).toBe(true);
    expect([isWithin('11.0.0.1', ['10.0.0.0/8', 'fd00::/8']), isWithin('name', ['0.0.0.0/0'])]).toEqual([false, false]);
  });
});
