import { describe, expect, it } from 'vitest';
import { Problem } from './problem.js';
import { parseWhere, type WhereFields } from './where.js';

const FIELDS: WhereFields = {
  Status: 'text',
  Reference: 'text',
  Total: 'number',
  Date: 'date',
  'Contact.ContactID': 'guid',
  IsCustomer: 'boolean',
};
const GUID = '7c0d5a52-64c5-4a5f-8f3a-0f2f5f1c3333';
const ROW = { status: 'AUTHORISED', reference: null, total: 65.96, date: '2026-11-02', 'contact.contactid': GUID, iscustomer: true };
const holds = (text: string, row: Record<string, string | number | boolean | null> = ROW) => parseWhere(text, FIELDS)(row);

describe('where', () => {
  it.each([
    ['Status=="AUTHORISED"', true],
    ['Status="authorised"', true],
    ['Status!="PAID" AND Total>=65.96', true],
    ['Status=="PAID" OR Total<66 && Total>65', true],
    ['(Status=="PAID" OR Total<66) && Date==DateTime(2026,11,03)', false],
    ['Date >= DateTime(2026, 11, 02) AND Date < DateTime(2026,12,1)', true],
    [`Contact.ContactID==Guid("${GUID.toUpperCase()}")`, true],
    [`Contact.ContactID == guid("00000000-0000-0000-0000-000000000000")`, false],
    ['Reference==null', true],
    ['Reference!=null AND Reference.Contains("x")', false],
    ['Status.StartsWith("auth") and status.EndsWith("ISED")', true],
    ['IsCustomer', true],
    ['IsCustomer==false', false],
    ['Total>-1', true],
  ])('%s is %s', (text, expected) => expect(holds(text)).toBe(expected));

  it.each([
    'Reference.Contains("x")',
    'Nonsense=="x"',
    'Status==',
    'Status=="a" AND',
    '(Status=="a"',
    'Status=="a")',
    'Status ~ "a"',
    `Contact.ContactID=="${GUID}"`,
    'Total=="65"',
    'Date>"2026-11-02"',
    'Date>DateTime(2026,11)',
    'Total.Contains("6")',
  ])('%s is refused', (text) => expect(() => holds(text)).toThrow(Problem));

  it('reads quotes inside text', () => {
    expect(holds('Status=="a \\"b\\" c"', { ...ROW, status: 'A "b" C' })).toBe(true);
  });
});
