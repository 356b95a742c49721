import { isConnectorError, type ConnectorError } from '../../ports/connector-error.js';

/** More records than this that fail in one go are no corrupt records but a vendor in trouble. */
const MOST_CORRUPT = 5;

export interface Isolated<R> {
  good: R[];
  corrupt: { id: number; error: ConnectorError }[];
}

/** One stored record that the vendor cannot serialise breaks every answer it is in, with a 500 or with half a text. */
export function smellsOfCorruption(error: unknown): error is ConnectorError {
  return isConnectorError(error) && (error.details.status === 500 || error.kind === 'unreadable');
}

/**
 * Reads `ids` together; where that fails like a corrupt record does, halves them until the culprits stand alone.
 * @param isWell throws when the vendor as a whole is in trouble, in which case nobody is to blame.
 */
export async function isolate<R>(
  ids: readonly number[],
  read: (ids: readonly number[]) => Promise<R[]>,
  isWell: () => Promise<unknown>,
): Promise<Isolated<R>> {
  const result: Isolated<R> = { good: [], corrupt: [] };
  const attempt = async (part: readonly number[]): Promise<void> => {
    if (part.length === 0) return;
    try {
      result.good.push(...(await read(part)));
    } catch (error) {
      if (!smellsOfCorruption(error)) throw error;
      const [only] = part;
      if (part.length > 1 || only === undefined) {
        const middle = Math.ceil(part.length / 2);
        await attempt(part.slice(0, middle));
        await attempt(part.slice(middle));
        return;
      }
      if (result.corrupt.length === 0) await isWell();
      if (result.corrupt.length >= MOST_CORRUPT) throw error;
      result.corrupt.push({ id: only, error });
    }
  };
  await attempt(ids);
  return result;
}
