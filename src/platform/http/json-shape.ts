/** Deeper than anything we describe, and far from where walking a value would overflow the stack. */
const DEEPEST = 32;

/** Whether JSON text opens more brackets inside each other than any input of ours has. Reads no value; text in strings does not count. */
export function isTooDeep(text: Buffer, deepest = DEEPEST): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** For JSON.parse: a key by which copying an object would change what all objects inherit is not there. */
export function withoutProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}
