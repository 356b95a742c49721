import { addDays } from '../../src/domain/civil-date.js';
import type { InvoiceContent, InvoiceLine, InvoiceTax, WorkOrder } from '../../src/domain/invoice.js';
import { Decimal, Money, roundToCurrency } from '../../src/domain/money.js';
import type { Brand } from '../../src/billing/documents/render/brand.js';

/** A line; its amount is quantity × price in the coin of `currency`, unless given. */
export function aLine(parts: Partial<InvoiceLine> & Pick<InvoiceLine, 'key' | 'kind'>, currency = 'USD'): InvoiceLine {
  const quantity = parts.quantity ?? '1';
  const unitPrice = parts.unitPrice ?? '100.00';
  const charged = parts.billable === undefined || parts.billable === 'billable';
  const amount = charged ? roundToCurrency(new Decimal(quantity).times(unitPrice), currency).toString() : '0';
  return { description: 'Work', quantity, unitPrice, amount, taxable: true, billable: 'billable', ...parts };
}

/** A time entry; `hours` worked, of which `covered` are not charged. */
export function aTimeEntry(
  id: number,
  parts: Omit<Partial<InvoiceLine>, 'hours'> & { hours?: string; covered?: string } = {},
  currency = 'USD',
): InvoiceLine {
  const { hours = '1.00', covered = '0', ...rest } = parts;
  const billed = rest.billable === undefined || rest.billable === 'billable' ? new Decimal(hours).minus(covered).toString() : '0';
  return aLine(
    {
      key: `time:${id}`,
      kind: 'time',
      description: 'Service time',
      unit: 'hours',
      unitPrice: '165.00',
      date: '2026-10-05',
      person: 'Dana Whitfield',
      workRole: 'Systems Engineer',
      workType: 'Remote',
      ...rest,
      quantity: billed,
      hours: { worked: hours, billed, covered },
    },
    currency,
  );
}

/** An invoice whose sums follow from its lines and taxes, so that a test changes only what it is about. */
export function anInvoice(parts: Partial<InvoiceContent> = {}): InvoiceContent {
  const currency = parts.currency ?? 'USD';
  const lines = parts.lines ?? [aLine({ key: 'product:1', kind: 'product', description: 'Wireless access point' }, currency)];
  const taxes = parts.taxes ?? [];
  const sum = (amounts: string[]) =>
    Money.sum(
      amounts.map((amount) => Money.of(amount, currency)),
      currency,
    ).toText();
  const subtotal = parts.subtotal ?? sum(lines.filter((line) => line.parentKey === undefined).map((line) => line.amount));
  const tax = parts.tax ?? sum(taxes.map((one) => one.amount));
  const date = parts.date ?? '2026-11-02';
  return {
    number: '1201',
    type: 'standard',
    typeLabel: 'Standard',
    date,
    dueDate: addDays(date, 30),
    terms: 'Net 30',
    customer: aCustomer(),
    currency,
    ...parts,
    lines,
    taxes,
    subtotal,
    tax,
    total: parts.total ?? sum([subtotal, tax]),
  };
}

export function aCustomer(parts: Partial<InvoiceContent['customer']> = {}): InvoiceContent['customer'] {
  return {
    name: 'Harborview Dental Group',
    attention: 'Accounts Payable',
    address: { lines: ['410 Bayshore Blvd', 'Suite 300'], city: 'Tampa', state: 'FL', postcode: '33606' },
    accountNumber: 'HARB-0042',
    ...parts,
  };
}

/** A percentage of the taxable lines, rounded to the coin. */
export function aTax(label: string, rate: string, lines: readonly InvoiceLine[], currency = 'USD'): InvoiceTax {
  const base = lines
    .filter((line) => line.taxable && line.parentKey === undefined)
    .reduce((sum, line) => sum.plus(line.amount), new Decimal(0));
  const amount = roundToCurrency(base.times(rate).div(100), currency).toString();
  return { label, code: label.split(' ')[0] ?? label, rate, amount };
}

export function aTicket(number: string, summary: string): WorkOrder {
  return { kind: 'ticket', number, summary };
}

export function aBrand(parts: Partial<Brand> = {}): Brand {
  return {
    sellerName: 'Northlight IT',
    addressLines: ['2200 Kennedy Ave, Floor 4', 'Tampa, FL 33602'],
    phone: '(813) 555-0142',
    email: 'billing@northlight.example',
    website: 'northlight.example',
    accent: '#0f6b5c',
    paymentInstructions: 'ACH to First Gulf Bank\nRouting 063100277 · Account 4410 2298\nPlease quote the invoice number.',
    pageSize: 'letter',
    locale: 'en-US',
    ...parts,
  };
}

export function anAustralianBrand(parts: Partial<Brand> = {}): Brand {
  return aBrand({
    sellerName: 'Southern Cross Managed Services',
    addressLines: ['Level 7, 120 Collins Street', 'Melbourne VIC 3000'],
    taxIdLabel: 'ABN',
    taxId: '53 004 085 616',
    phone: '(03) 5550 0191',
    email: 'accounts@southerncross.example',
    website: 'southerncross.example',
    accent: '#2447b3',
    paymentInstructions: 'Bank transfer to Southern Cross Managed Services\nBSB 063-000 · Account 1042 8890\nReference: the invoice number',
    footer: 'Southern Cross Managed Services Pty Ltd · ABN 53 004 085 616',
    pageSize: 'a4',
    locale: 'en-AU',
    ...parts,
  });
}
