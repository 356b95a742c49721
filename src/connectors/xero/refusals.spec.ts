import { describe, expect, it } from 'vitest';
import { faultsOf, refusalOf } from './refusals.js';

describe('a validation message', () => {
  it.each([
    ['Invoice # must be unique.', 'number_taken'],
    ['Credit Note # must be unique.', 'number_taken'],
    ['The contact number CS-1 is already assigned to another contact. The contact number must be unique.', 'contact_number_taken'],
    [
      'The contact name Acme Pty Ltd is already assigned to another contact. The contact name must be unique across all active contacts.',
      'contact_name_taken',
    ],
    ['The contact Acme matched an archived contact. Archived contacts cannot currently be edited via the API.', 'contact_archived'],
    ['The Account Number already exists. Please enter a different account number.', 'contact_account_number_taken'],
    ['The contact name cannot contain the characters < and >.', 'contact_name_invalid'],
    [
      'The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber',
      'contact_missing',
    ],
    ["Account code '999' is not a valid code for this document.", 'account_invalid'],
    ["Account code '240' has been archived, or deleted.", 'account_archived'],
    ['The TaxType code BAD does not exist or cannot be used for this type of transaction.', 'tax_invalid'],
    ["The TaxType code 'INPUT' cannot be used with account code '200'.", 'tax_not_for_account'],
    ['Organisation is not subscribed to currency EUR', 'currency_not_enabled'],
    ['The document date cannot be before the period lock date, currently set at 31 October 2026', 'period_locked'],
    ['The document date cannot be before the end of year lock date, currently set at 30 June 2026', 'period_locked'],
    ['The line total 10 does not match the expected line total 10.01', 'line_total_mismatch'],
    ['Invoice not of valid status for modification', 'wrong_status'],
    ['This document cannot be edited as it has a payment or credit note allocated to it.', 'has_payment'],
    ['Payment amount exceeds the amount outstanding on this document', 'payment_too_large'],
    ['Payments can only be made against Authorised documents', 'payment_on_unapproved'],
    ["Price List Item with Code 'abc' already exists", 'item_code_taken'],
    ['Please enter a unique Name.', 'name_taken'],
    ['Only AUTHORISED invoices may have SentToContact updated.', 'not_approved'],
    ['The due date is mandatory for an approved document.', 'due_date_missing'],
    ['The total of a document cannot be negative.', 'total_negative'],
    ['The line amount is out of range.', 'amount_out_of_range'],
    ['Line item description must not be longer than 4000 characters.', 'description_invalid'],
    ['Email address must be valid.', 'email_invalid'],
    ['Idempotency Key k-1 is used with a different request', 'request_key_reused'],
  ])('"%s" is %s, with a cause and the words', (words, code) => {
    const refusal = refusalOf([words]);
    expect(refusal).toMatchObject({ state: 'refused', vendorCode: code, vendorWords: words });
    expect(refusal.cause).not.toContain('$1');
    expect(refusal.cause).toMatch(/[.]$/);
  });

  it('names the code it is about', () => {
    expect(refusalOf(["Account code '999' is not a valid code for this document."]).cause).toContain('Account 999');
    expect(refusalOf(['Organisation is not subscribed to currency EUR']).cause).toContain('EUR');
  });

  it('that tells most comes first, and all words stay', () => {
    const refusal = refusalOf(["Account code '999' is not a valid code for this document.", 'Invoice # must be unique.']);
    expect(refusal.vendorCode).toBe('number_taken');
    expect(refusal.vendorWords).toContain('999');
  });

  it('that nobody has met is shown as it is, and silence is said', () => {
    expect(refusalOf(['Der Kontenrahmen ist kaputt.']).cause).toContain('Der Kontenrahmen ist kaputt.');
    expect(refusalOf([]).cause).toContain('without saying why');
  });
});

describe('an element', () => {
  const base = { ValidationErrors: undefined, StatusAttributeString: 'OK' } as const;
  it('is saved when nothing is said against it, warnings or not', () => {
    expect(faultsOf({ ...base, InvoiceID: 'i' } as never)).toBeUndefined();
    expect(faultsOf({ StatusAttributeString: 'WARNING' } as never)).toBeUndefined();
  });

  it('is judged by its errors, wherever they stand, and never by its id or status', () => {
    const saved = { InvoiceID: '5b1f0c3e-7a44-4c0b-9f1e-2d8c6a90e111', Status: 'AUTHORISED' };
    expect(faultsOf({ ...saved, HasValidationErrors: true } as never)).toEqual([]);
    expect(faultsOf({ ...saved, StatusAttributeString: 'ERROR' } as never)).toEqual([]);
    expect(faultsOf({ ...saved, ValidationErrors: [{ Description: 'a' }] } as never)).toEqual(['a']);
    expect(faultsOf({ ...saved, LineItems: [{ ValidationErrors: [{ Message: 'b' }] }] } as never)).toEqual(['b']);
    expect(faultsOf({ ...saved, Contact: { ValidationErrors: [{ Message: 'c' }, { Message: 'c' }] } } as never)).toEqual(['c']);
  });
});
