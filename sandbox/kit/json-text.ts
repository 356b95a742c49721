/** A JSON value as a comparison or a complaint shows it: text without quotes, everything else as JSON writes it. */
export function jsonText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
