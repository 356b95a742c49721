import type { CivilDate } from '../../domain/civil-date.js';
import { Decimal, type DecimalText } from '../../domain/money.js';

/** One payment that we told the PSA about. */
export interface Part {
  marker: string;
  amount: DecimalText;
  date: CivilDate;
}

const PART = /^(?<marker>[^@;]+)@(?<amount>-?\d+(?:\.\d+)?)@(?<date>\d{4}-\d{2}-\d{2})$/;

/** What we write on a row, so that our payments can be told apart even where several share one row. */
export const noteOf = (parts: readonly Part[]): string => parts.map(partText).join(';');

/** Also names one payment for ever, whatever happens to the others on its row. */
export const partText = ({ marker, amount, date }: Part): string => `${marker}@${amount}@${date}`;

/** Our parts of a row; none where somebody else wrote it. */
export function partsOf(note: unknown): Part[] {
  if (typeof note !== 'string') return [];
  const found = note.split(';').map((text) => PART.exec(text)?.groups);
  return found.flatMap((groups) =>
    groups ? [{ marker: groups['marker'] ?? '', amount: groups['amount'] ?? '', date: groups['date'] ?? '' }] : [],
  );
}

export function isSamePart(a: Part, b: Part): boolean {
  return a.marker === b.marker && a.date === b.date && new Decimal(a.amount).equals(b.amount);
}

export function sumOf(parts: readonly Part[]): Decimal {
  return parts.reduce((total, part) => total.plus(part.amount), new Decimal(0));
}
