/** Files of 16 MB: 256 to a number of the log. */
const PER_LOG = 0x100n;

export const isWalName = (name: string): boolean => /^[0-9A-F]{24}$/.test(name);

/** The file of the write-ahead log that follows: timeline, log, segment, eight hexadecimal figures each. */
export function nextWal(name: string): string {
  const [timeline, log, segment] = [name.slice(0, 8), BigInt(`0x${name.slice(8, 16)}`), BigInt(`0x${name.slice(16)}`)];
  const next = log * PER_LOG + segment + 1n;
  return timeline + hex(next / PER_LOG) + hex(next % PER_LOG);
}

function hex(value: bigint): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}
