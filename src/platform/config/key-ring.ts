const KEY_BYTES = 32;
/** Of 32 random bytes about 30 differ; this few come from a pattern. */
const FEWEST_DIFFERENT_BYTES = 16;
/** The key in .env.example: public, so no key at all. */
const SAMPLE_KEY = 'uJ0cV3nT5bqYw1eXk7RmZs9DhGfLp2AoKi4QvE6tHyM=';

export interface Key {
  id: string;
  bytes: Buffer;
}

/** The keys of the vault: the first seals, all of them open. */
export interface KeyRing {
  current: Key;
  byId: ReadonlyMap<string, Key>;
}

/**
 * Reads `id:base64` pairs, separated by commas or line ends.
 * @returns the ring, or what is wrong with the text, one sentence each; a sentence never holds a key
 */
export function parseKeyRing(text: string, variable: string): KeyRing | { problems: string[] } {
  const entries = text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter(Boolean);
  const problems: string[] = [];
  const byId = new Map<string, Key>();
  for (const [index, entry] of entries.entries()) {
    const key = parseKey(entry);
    const problem = typeof key === 'string' ? key : repeated(key, byId);
    if (problem !== undefined) problems.push(`${variable}: key ${index + 1} ${problem}.`);
    else if (typeof key !== 'string') byId.set(key.id, key);
  }
  const [current] = byId.values();
  if (problems.length > 0) return { problems };
  if (!current) return { problems: [`${variable} holds no key.`] };
  return { current, byId };
}

/** The same bytes under a second name would make a rotation that changes nothing. */
function repeated(key: Key, before: ReadonlyMap<string, Key>): string | undefined {
  if (before.has(key.id)) return 'has the same id as another key';
  if ([...before.values()].some(({ bytes }) => bytes.equals(key.bytes)))
    return 'is the same key as another, under a new id: make a new one';
  return undefined;
}

function parseKey(entry: string): Key | string {
  const match = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]+={0,2})$/.exec(entry);
  if (!match) return 'is not written as id:base64 (letters, digits, - and _ in the id)';
  const [, id = '', encoded = ''] = match;
  const bytes = Buffer.from(encoded, 'base64');
  return weaknessOf(bytes, encoded) ?? { id, bytes };
}

function weaknessOf(bytes: Buffer, encoded: string): string | undefined {
  if (bytes.length !== KEY_BYTES) return `has ${bytes.length} bytes instead of ${KEY_BYTES}: make one with "openssl rand -base64 32"`;
  if (encoded === SAMPLE_KEY) return 'is the sample from .env.example, which everybody knows: make one with "openssl rand -base64 32"';
  const patterned = new Set(bytes).size < FEWEST_DIFFERENT_BYTES;
  const typed = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  if (patterned || typed) return 'is not random: make one with "openssl rand -base64 32"';
  return undefined;
}
