import { NUMBER_TAKEN, type Refused } from '../../ports/outcome.js';
import { LABEL } from './descriptor.js';
import type { Fault } from './errors.js';

interface Refusal {
  fault: string;
  /** Narrows a catch-all fault by its words. */
  says?: RegExp;
  /** Ours and stable, alike in every ledger, for the engine and for statistics. */
  code: string;
  /** What it means and what to do. `$1` is what the words named. */
  cause: string;
}

/** Most telling first. */
const REFUSALS: readonly Refusal[] = [
  {
    fault: '6140',
    code: NUMBER_TAKEN,
    cause:
      `Another document in ${LABEL} already has this number. Open it there and see whether it is this one; if not, give one of ` +
      `them another number and retry.`,
  },
  {
    fault: '6210',
    code: 'period_locked',
    cause: `The books in ${LABEL} are closed for this date. Move the closing date there, or date the document later in the PSA, and retry.`,
  },
  {
    fault: '6240',
    code: 'name_taken',
    cause: `A customer, vendor, employee or item in ${LABEL} already has this name. Rename one of them and retry.`,
  },
  {
    fault: '2500',
    says: /(Customers|Items|Accounts|Terms|Classes|Departments|TaxCodes?) element id (\S+)/i,
    code: 'reference_unknown',
    cause: `${LABEL} no longer knows an entry that the document names ($1). Check the mapping and the customer there, and retry.`,
  },
  {
    fault: '2500',
    code: 'reference_unknown',
    cause: `${LABEL} no longer knows an entry that the document names. Check the mapping and the customer there, and retry.`,
  },
  {
    fault: '610',
    code: 'reference_inactive',
    cause: `The customer, an item or an account of this document is inactive or deleted in ${LABEL}. Make it active there, or change the mapping, and retry.`,
  },
  {
    fault: '620',
    code: 'cannot_link',
    cause: `${LABEL} cannot link these transactions: they belong to different customers, or one of them is used already.`,
  },
  {
    fault: '5010',
    code: 'changed_meanwhile',
    cause: `Somebody changed this in ${LABEL} at the same moment. Nothing was written. Retry.`,
  },
  {
    fault: '6000',
    says: /multi ?currency/i,
    code: 'currency_not_enabled',
    cause: `The company in ${LABEL} does not use this currency. Turn on Multicurrency there, or bill in its own currency, and retry.`,
  },
  {
    fault: '6000',
    says: /currency/i,
    code: 'currency_mismatch',
    cause: `The customer has another currency in ${LABEL} than the document, and it cannot be changed there. Use a customer of the document's currency.`,
  },
  {
    fault: '6000',
    says: /negative/i,
    code: 'total_negative',
    cause: `The document's total is below zero; ${LABEL} wants a credit memo for that. Make it a credit memo in the PSA and retry.`,
  },
  {
    fault: '6000',
    says: /income account/i,
    code: 'account_invalid',
    cause: `The chosen account cannot be used for sales in ${LABEL}. Choose an income account in the mapping and retry.`,
  },
  {
    fault: '6070',
    code: 'line_total_mismatch',
    cause: `${LABEL} computes a line to another amount than the document. Nothing was written. Please report this: it is our mistake.`,
  },
  {
    fault: '6100',
    code: 'tax_invalid',
    cause: `${LABEL} does not accept the tax of a line. Check the tax mapping and retry.`,
  },
  {
    fault: '6190',
    code: 'subscription_ended',
    cause: `The company's ${LABEL} subscription has ended. Renew it there and retry.`,
  },
  {
    fault: '2050',
    code: 'text_too_long',
    cause: `A text of this document is longer than ${LABEL} takes. Shorten it in the PSA and retry.`,
  },
];

/** Turns a fault about one element into one plain cause; the vendor's own words stay beside it. */
export function refusalOf(fault: Fault, link?: string): Refused {
  const vendorWords = fault.words === '' ? undefined : fault.words;
  const known = REFUSALS.find((refusal) => refusal.fault === fault.code && (refusal.says === undefined || refusal.says.test(fault.words)));
  const named = known?.says?.exec(fault.words)?.[0] ?? '';
  const unknown = vendorWords === undefined ? `${LABEL} refused this without saying why. Retry.` : `${LABEL} refused this: ${vendorWords}`;
  return {
    state: 'refused',
    cause: known ? known.cause.replace('$1', () => named) : unknown,
    vendorCode: known?.code ?? (fault.code || 'unknown'),
    ...(vendorWords !== undefined && { vendorWords }),
    ...(link !== undefined && { link }),
  };
}

/** The id of the document that already has the number, which the words of a duplicate number name. */
export function takenBy({ code, words }: Fault): string | undefined {
  return code === '6140' ? /TxnId=(\d+)/.exec(words)?.[1] : undefined;
}
