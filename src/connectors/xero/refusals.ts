import type { Refused } from '../../ports/outcome.js';
import { LABEL } from './descriptor.js';
import type { Verdict } from './types.js';

interface Refusal {
  says: RegExp;
  /** Ours, since Xero's validation messages have no codes; stable, for the engine and for statistics. */
  code: string;
  /** What it means and what to do. `$1` is what the message named. */
  cause: string;
}

/** Most telling first: an element may carry several messages, and people read the first cause. */
const REFUSALS: readonly Refusal[] = [
  {
    says: /(invoice|credit note) (#|number).*must be unique/i,
    code: 'number_taken',
    cause:
      `Another document in ${LABEL} already has this number. Open it there and see whether it is this one; if not, give one of ` +
      `them another number and retry.`,
  },
  {
    says: /period lock date|end of year lock date/i,
    code: 'period_locked',
    cause: `The books in ${LABEL} are locked for this date. Move the lock date there, or date the document later in the PSA, and retry.`,
  },
  {
    says: /matched an archived contact/i,
    code: 'contact_archived',
    cause: `The customer is archived in ${LABEL}. Restore the contact there and retry.`,
  },
  {
    says: /contact name (.+?) is already assigned/i,
    code: 'contact_name_taken',
    cause: `Another contact in ${LABEL} is already called "$1". Rename one of them and retry.`,
  },
  {
    says: /contact number .* is already assigned/i,
    code: 'contact_number_taken',
    cause: `Another contact in ${LABEL} already carries this customer's number. Retry; if it lasts, clear the number of the other contact.`,
  },
  {
    says: /account number already exists/i,
    code: 'contact_account_number_taken',
    cause: `Another contact in ${LABEL} already has this customer's account number. Change one of them and retry.`,
  },
  {
    says: /contact name/i,
    code: 'contact_name_invalid',
    cause: `${LABEL} does not accept this customer's name. Correct it in the PSA and retry.`,
  },
  {
    says: /identify the contact/i,
    code: 'contact_missing',
    cause: `The document names no customer that ${LABEL} knows. Retry, so that the customer is created first.`,
  },
  {
    says: /account code '(.*?)' is not a valid code/i,
    code: 'account_invalid',
    cause: `Account $1 cannot be used on a sales document in ${LABEL}. Choose another account in the mapping and retry.`,
  },
  {
    says: /account code '(.*?)' has been archived, or deleted/i,
    code: 'account_archived',
    cause: `Account $1 is archived in ${LABEL}. Restore it there, or choose another account in the mapping, and retry.`,
  },
  {
    says: /TaxType code '?(.*?)'? cannot be used with account code '(.*?)'/i,
    code: 'tax_not_for_account',
    cause: `Tax code $1 does not go with the account of the line in ${LABEL}. Choose another tax code or account in the mapping and retry.`,
  },
  {
    says: /TaxType code '?(.*?)'? does not exist or cannot be used/i,
    code: 'tax_invalid',
    cause: `Tax code $1 does not exist in ${LABEL}, or not for sales. Choose another one in the mapping and retry.`,
  },
  {
    says: /not subscribed to currency (\w+)/i,
    code: 'currency_not_enabled',
    cause: `The organisation in ${LABEL} does not use $1. Add the currency there (its plan must include several currencies) and retry.`,
  },
  {
    says: /line total (\S+) does not match the expected line total (\S+)/i,
    code: 'line_total_mismatch',
    cause: `${LABEL} computes a line to another amount than $1. Nothing was written. Please report this: it is our mistake.`,
  },
  {
    says: /cannot be edited as it has a payment or credit note/i,
    code: 'has_payment',
    cause: `The document in ${LABEL} has a payment or a credit on it and can no longer be changed. Remove that there first.`,
  },
  {
    says: /not of valid status for modification/i,
    code: 'wrong_status',
    cause: `The document in ${LABEL} is in a state in which it cannot be changed, for example voided or paid. Open it there.`,
  },
  {
    says: /payment amount exceeds/i,
    code: 'payment_too_large',
    cause: `The payment is larger than what is still open on the document in ${LABEL}.`,
  },
  {
    says: /payments can only be made against authorised/i,
    code: 'payment_on_unapproved',
    cause: `The document in ${LABEL} is not approved there, so it takes no payments. Approve it there and retry.`,
  },
  {
    says: /price list item with code '(.*?)' already exists/i,
    code: 'item_code_taken',
    cause: `An item with the code $1 already exists in ${LABEL}.`,
  },
  { says: /unique name/i, code: 'name_taken', cause: `The name is already in use in ${LABEL}. Choose another one and retry.` },
  {
    says: /SentToContact/i,
    code: 'not_approved',
    cause: `Only approved documents can be marked as sent in ${LABEL}.`,
  },
  {
    says: /due date/i,
    code: 'due_date_missing',
    cause: `${LABEL} wants a due date on this document. Set one in the PSA and retry.`,
  },
  {
    says: /email/i,
    code: 'email_invalid',
    cause: `${LABEL} does not accept the customer's e-mail address. Correct it in the PSA and retry.`,
  },
  {
    says: /cannot be negative/i,
    code: 'total_negative',
    cause: `The document's total is below zero; ${LABEL} wants a credit note for that. Make it a credit memo in the PSA and retry.`,
  },
  {
    says: /out of range/i,
    code: 'amount_out_of_range',
    cause: `An amount is larger than ${LABEL} can hold. Correct it in the PSA and retry.`,
  },
  {
    says: /description/i,
    code: 'description_invalid',
    cause: `${LABEL} does not accept a line's description. Correct it in the PSA and retry.`,
  },
  {
    says: /idempotency key/i,
    code: 'request_key_reused',
    cause: `${LABEL} knows the key of this request from another one. Nothing was written. Retry.`,
  },
];

/** Turns Xero's messages about one element into one plain cause; its own words stay beside it. */
export function refusalOf(words: readonly string[]): Refused {
  const vendorWords = words.join(' ').slice(0, 1_000);
  for (const { says, code, cause } of REFUSALS) {
    for (const word of words) {
      const match = says.exec(word);
      if (match) return { state: 'refused', cause: cause.replace('$1', () => match[1] ?? ''), vendorCode: code, vendorWords };
    }
  }
  const cause = vendorWords === '' ? `${LABEL} refused this without saying why. Retry.` : `${LABEL} refused this: ${vendorWords}`;
  return { state: 'refused', cause, ...(vendorWords !== '' && { vendorWords }) };
}

/** What Xero says is wrong with an element, `undefined` when it was saved. Its id and status are no evidence either way. */
export function faultsOf(element: Verdict): string[] | undefined {
  const words = [
    ...wordsOf(element.ValidationErrors),
    ...wordsOf(element.Contact?.ValidationErrors),
    ...(element.LineItems ?? []).flatMap((line) => wordsOf(line.ValidationErrors)),
  ];
  const failed = element.StatusAttributeString === 'ERROR' || element.HasErrors === true || element.HasValidationErrors === true;
  return failed || words.length > 0 ? [...new Set(words)] : undefined;
}

function wordsOf(messages: Verdict['ValidationErrors']): string[] {
  return (messages ?? []).flatMap(({ Message, Description }) => Message ?? Description ?? []);
}
