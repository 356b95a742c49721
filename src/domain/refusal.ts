/**
 * Something a person asked for that cannot be done now, in words for that person. Pages and the API translate the kind
 * to their own status; nothing else of ours reaches people as an error text.
 */
export class Refusal extends Error {
  constructor(
    readonly kind: 'not_found' | 'conflict' | 'forbidden' | 'invalid' | 'unavailable',
    /** What happened, what it means, what to do. */
    message: string,
    /** Facts a program can act on, for example the current document hash. */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

export function notFound(what: string): Refusal {
  return new Refusal('not_found', `${what} does not exist, or is not yours to see.`);
}
