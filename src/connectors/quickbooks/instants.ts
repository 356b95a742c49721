/** Stamps carry the company's own offset; here they become UTC, so that they sort as text. */
export function instantOf(stamp: string): string {
  return new Date(stamp).toISOString();
}

/** Stamps have whole seconds only, so whatever is compared with them is cut down to its second, in UTC. */
export function toSecond(instant: string | number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
