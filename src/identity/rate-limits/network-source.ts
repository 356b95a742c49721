import ipaddr, { type IPv6 } from 'ipaddr.js';

const HALF_OF_V6 = 4;

/** Whose network address this is, for counting: one IPv4 address, or the /64 that one connection of IPv6 has to itself. */
export function networkSource(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  try {
    const read = ipaddr.process(address);
    if (read.kind() === 'ipv4') return read.toString();
    return (read as IPv6).parts
      .slice(0, HALF_OF_V6)
      .map((part) => part.toString(16))
      .join(':');
  } catch {
    return 'unknown';
  }
}
