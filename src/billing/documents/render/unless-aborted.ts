/** The promise's outcome, or the signal's reason if that comes first. @throws the signal's reason */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whoever loses the race may still fail, and has nobody left to tell.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let abandon = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abandon = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abandon, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}
