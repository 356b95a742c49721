import type { LineItem } from '../../billing/queries/invoice-lines.js';

/** The number people count by: lines that charge, in order; what is printed under another line has none. */
export function lineNumbers(lines: readonly Pick<LineItem, 'key' | 'parentKey'>[]): Map<string, string> {
  return new Map(lines.filter(({ parentKey }) => parentKey === undefined).map(({ key }, index) => [key, String(index + 1)]));
}

/** Where a flag points: the ticket that people know, else the line's number. */
export function linePlaces(lines: readonly LineItem[]): Map<string, string> {
  const numbers = lineNumbers(lines);
  return new Map(lines.flatMap((line) => placeOf(line, numbers)));
}

function placeOf({ key, parentKey, kind, workOrder }: LineItem, numbers: ReadonlyMap<string, string>): [string, string][] {
  if (kind === 'time' && workOrder) return [[key, `#${workOrder.number}`]];
  const number = numbers.get(key) ?? numbers.get(parentKey ?? '');
  return number === undefined ? [] : [[key, `Line ${number}`]];
}
