import type { Books } from '../books.js';
import { businessError, duplicateName } from '../faults.js';

/** Customers, vendors and employees share one set of names, inactive ones included, whatever the case of the letters. */
export function refuseTakenName(books: Books, name: string, ownId: string | undefined): void {
  const wanted = name.toLowerCase();
  const taken = (['Customer', 'Vendor', 'Employee'] as const).some((kind) =>
    books.all(kind).some((other) => other.DisplayName?.toLowerCase() === wanted && !(kind === 'Customer' && other.Id === ownId)),
  );
  if (taken) throw duplicateName();
}

/** A colon separates the levels of a name, and lists are exchanged as tabbed text. */
export function refuseBadName(name: string, element: string): void {
  if (/[:\t\n\r]/.test(name)) throw businessError(`${element} must not contain a colon, a tab or a new line.`, element);
}

/** What a list entity is called once it is made inactive. */
export function inactiveName(name: string): string {
  return name.endsWith(' (deleted)') ? name : `${name} (deleted)`;
}
