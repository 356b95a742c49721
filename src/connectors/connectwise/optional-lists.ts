import { isNotForUs, type ConnectorError } from '../../ports/connector-error.js';
import { permissionFor } from './permissions.js';

/**
 * Lists that an invoice can be read without, and what nobody knows then. Amounts never hang on one of these: what the client
 * is charged stands on the invoice itself and in its lines, and those have to be readable. Where a list shows on the document
 * (`onDocument`) only a release that lacks it is read without: a right that is taken away for a day must not change what was
 * approved, so there it stops the run as any other would.
 */
export const OPTIONAL_LISTS = {
  members: { path: '/system/info/members', onDocument: false, notKnown: 'the e-mail addresses of the people whom invoices are routed to' },
  routing: { path: '/finance/invoices/0/routings', onDocument: false, notKnown: 'whom invoices are routed to' },
  taxCodes: { path: '/finance/taxCodes', onDocument: true, notKnown: 'which rates a sales tax is made of (its amount is known)' },
  components: { path: '/procurement/products/0/components', onDocument: true, notKnown: 'what bundles of products consist of' },
  agreementInfo: {
    path: '/finance/info/invoice/0',
    onDocument: true,
    notKnown: 'how the amount of an agreement with sub-agreements is split between them (its sum is known)',
  },
} as const;

export type OptionalList = keyof typeof OPTIONAL_LISTS;

/** The lists that were refused in one run: each is asked for once, and its lack is told at the end. */
export class MissingLists {
  private readonly missing = new Set<OptionalList>();

  /** `absent` where this release has no such list, or the role may not read one that shows on no document. All other failures are failures. */
  async orAbsent<T>(list: OptionalList, absent: T, read: () => Promise<T>): Promise<T> {
    if (this.missing.has(list)) return absent;
    try {
      return await read();
    } catch (error) {
      if (!isNotForUs(error) || (error.kind === 'forbidden' && OPTIONAL_LISTS[list].onDocument)) throw error;
      // One record that was deleted while we read says nothing about the list of all others.
      if (!isGoneRecord(list, error)) this.missing.add(list);
      return absent;
    }
  }

  has(list: OptionalList): boolean {
    return this.missing.has(list);
  }

  /** What is not known, and what would make it known; one sentence for each list. */
  sentences(): string[] {
    return [...this.missing].map((list) => {
      const { path, notKnown } = OPTIONAL_LISTS[list];
      return `Not known: ${notKnown}. It needs ${permissionFor(path, false).permission}.`;
    });
  }
}

function isGoneRecord(list: OptionalList, { kind, details }: ConnectorError): boolean {
  return kind === 'not_found' && details.permission === undefined && /\/0\b/.test(OPTIONAL_LISTS[list].path);
}
