import { describe, expect, it } from 'vitest';
import { childMatcher, customFieldMatcher, matcher } from './condition-match.js';
import { parseConditions } from './conditions.js';
import { ApiError } from './errors.js';
import * as models from './models.js';

const invoice = {
  id: 5201,
  invoiceNumber: '1201',
  type: 'Standard',
  total: -12.5,
  taxableFlag: true,
  date: '2026-08-01T00:00:00Z',
  company: { id: 250, identifier: 'KiteCo', name: 'Kite & Co' },
  status: { id: 1, name: 'New', isClosed: false },
  reference: 'Server [FS01] 100 %',
  customFields: [
    { id: 21, caption: 'Ledger ID', value: 'abc' },
    { id: 22, caption: 'Other', value: null },
  ],
  _info: { lastUpdated: '2026-08-01T14:00:00Z', dateEntered: '2026-08-01T13:00:00Z' },
};
const fits = (text: string): boolean => matcher(parseConditions(text), models.Invoice)(invoice);

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return `${error.status} ${(error.body as { message: string }).message}`;
  }
  return 'accepted';
}

describe('conditions', () => {
  it.each([
    'id=5201',
    'ID = 5201',
    'total = -12.5',
    'total < 0 and total >= -12.5',
    'id in (1, 5201)',
    'id not in (1,2)',
    'type in ("creditmemo", "standard")',
    'company/id=250',
    "company/name = 'kite & co'",
    'status/isClosed = False',
    'taxableFlag = true',
    'date >= [2026-08-01] and date < [2026-08-01T00:00:01Z]',
    'lastUpdated > [2026-08-01T13:59:59Z]',
    'lastUpdated <= [2026-08-01T14:00:00]',
    'dateEntered < [2026-08-02]',
    'agreement/id = null',
    'company != null',
    'reference contains "fs01"',
    'reference like "Server*"',
    'reference like "%100 *"',
    'reference like "server [[]FS*"',
    'reference not like "Client*"',
    'reference not contains "x y"',
    'id=1 or id=5201 and type="Standard"',
    '(id=1 or id=5201) and type="Standard"',
  ])('finds the invoice by %s', (text) => expect(fits(text)).toBe(true));

  it.each([
    'id != 5201',
    'id=5201 and type="Agreement"',
    '(id=5201 or id=1) and total > 0',
    'agreement/id = 3',
    'agreement/id != 3',
    'customerPO != "x"',
    'company = null',
    'reference like "FS01"',
    'type contains "*"',
    'lastUpdated > [2026-08-01T14:00:00Z]',
  ])('does not find it by %s', (text) => expect(fits(text)).toBe(false));

  it.each([
    ['taxableFlag = 1', /^400 Expected a boolean value, not a numeric\. String values should be enclosed/],
    ['id = "5201"', /^400 Expected a numeric value, not a string/],
    ['date > "2026-08-01"', /^400 Expected a datetime value, not a string/],
    ['date > [yesterday]', /^400 Expected a datetime value/],
    ['id = abc', /^400 Expected a value, not abc/],
    ['colour = "red"', /^400 Invalid field: colour is not a field of Invoice/],
    ['id = 1 and', /^400 .*ends too early/],
    ['id = 1 id = 2', /^400 .*did not expect "id"/],
    ['(id = 1', /^400 .*ends? too early|expected "\)"/],
    ['id between 1', /^400 .*not an operator/],
    ['id in 1', /^400 .*takes a list/],
    ['id = #', /^400 Invalid condition near/],
    ['total > null', /^400 .*null can only/],
  ])('refuses %s', (text, message) => expect(refusal(() => fits(text))).toMatch(message));

  it('looks into lists with childConditions: one element must fit everything', () => {
    const company = {
      types: [
        { id: 1, name: 'Client' },
        { id: 2, name: 'Vendor' },
      ],
    };
    const child = (text: string) => childMatcher(parseConditions(text), models.Company)(company);
    expect(child('types/id = 2 and types/name = "Vendor"')).toBe(true);
    expect(child('types/id = 1 and types/name = "Vendor"')).toBe(false);
    expect(refusal(() => child('name = "x"'))).toMatch(/not a list/);
  });

  it('looks into custom fields by caption and value', () => {
    const custom = (text: string) => customFieldMatcher(parseConditions(text))(invoice);
    expect(custom('caption="Ledger ID" and value != null')).toBe(true);
    expect(custom('caption="Other" and value != null')).toBe(false);
  });
});
