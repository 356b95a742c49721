/* Documents of the rows below the open one. They are held here, in memory and until they are shown, because no answer is kept by the browser. */
const MOST_HELD = 4;
const held = new Map();

/** Fetches a document before it is asked for. The oldest one nobody asked for is let go. */
export function fetchAhead(address) {
  if (held.has(address)) return;
  held.set(address, bytesOf(address));
  if (held.size > MOST_HELD) held.delete(held.keys().next().value);
}

/** @returns {Promise<Uint8Array | undefined>} the bytes, which are the caller's from now on; nothing where they were not fetched ahead */
export async function takeAhead(address) {
  const bytes = held.get(address);
  held.delete(address);
  return await bytes;
}

/* Read to its end: an answer that nobody reads holds one of the few connections a browser has. Whoever shows the document says what is wrong with it. */
async function bytesOf(address) {
  try {
    const answer = await fetch(address, { priority: 'low' });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return answer.ok ? bytes : undefined;
  } catch {
    return undefined;
  }
}
