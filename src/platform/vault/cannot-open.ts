/** Deliberately says no more: the reason would help only somebody who tampers. */
export class CannotOpen extends Error {
  override name = 'CannotOpen';
  constructor() {
    super('A sealed value cannot be opened: it was changed, belongs elsewhere, or its key is gone.');
  }
}

/** Everything that goes wrong while something is opened looks the same from outside. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch {
    throw new CannotOpen();
  }
}
