import { isIP } from 'node:net';
import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';

/** Public by its number, and answered by the hypervisor of one cloud with what it knows of the machine. */
const CLOUD_WIRES = new Set(['168.63.129.16']);

/**
 * Whether this is an address of the public internet. Everything with a meaning of its own is not: this machine, private and
 * shared networks, link-local (where clouds tell secrets to machines), multicast, documentation, and IPv6 that carries an IPv4
 * address inside (NAT64, 6to4, Teredo), since it can carry a private one. A mapped IPv4 address is judged as what it is.
 */
export function isPublicAddress(text: string): boolean {
  const address = read(text);
  return address !== undefined && address.range() === 'unicast' && !CLOUD_WIRES.has(address.toString());
}

/** Whether an address lies in one of these networks (`10.0.0.0/8`, or one address alone). */
export function isWithin(text: string, networks: readonly string[]): boolean {
  const address = read(text);
  if (address === undefined) return false;
  return networks.some((network) => {
    const [base, bits] = rangeOf(network);
    return base.kind() === address.kind() && address.match(base as IPv4 & IPv6, bits);
  });
}

/** @throws Error when it is neither a network nor an address */
export function rangeOf(network: string): [IPv4 | IPv6, number] {
  // The library also reads the short forms of old resolvers (1.2.3), which nobody who writes a list means.
  if (isIP(network.split('/')[0] ?? '') === 0) throw new RangeError(`${network} is no network`);
  if (network.includes('/')) return ipaddr.parseCIDR(network);
  const address = ipaddr.process(network);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Undefined for what is no address, a zone included: that names an interface of this machine. */
function read(text: string): IPv4 | IPv6 | undefined {
  try {
    return text.includes('%') ? undefined : ipaddr.process(text);
  } catch {
    return undefined;
  }
}
