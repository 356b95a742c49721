import { addDays, type CivilDate } from '../../domain/civil-date.js';
import type { InvoiceContent, InvoiceLine } from '../../domain/invoice.js';

const TICKET = { kind: 'ticket', number: '48213', summary: 'Exchange mailbox migration, second wave' } as const;

/** Whole amounts, which every currency has. */
const LINES: InvoiceLine[] = [
  {
    key: 'agreement:1',
    kind: 'agreement',
    description: 'Managed Services Gold',
    quantity: '1',
    unitPrice: '2450',
    amount: '2450',
    taxable: true,
    billable: 'billable',
    agreementName: 'Managed Services Gold',
  },
  {
    key: 'time:1',
    kind: 'time',
    description: 'Service time',
    notes: 'Moved twelve mailboxes, verified shared calendars with the front desk and cleared two stuck profiles.',
    quantity: '6',
    unit: 'hours',
    unitPrice: '165',
    amount: '990',
    taxable: true,
    billable: 'billable',
    person: 'Sam Rivers',
    workRole: 'Systems Engineer',
    workType: 'Remote',
    workOrder: TICKET,
    hours: { worked: '7', billed: '6', covered: '1' },
  },
  {
    key: 'product:1',
    kind: 'product',
    description: 'Wireless access point',
    quantity: '2',
    unitPrice: '310',
    amount: '620',
    taxable: true,
    billable: 'billable',
    productCode: 'AP-635',
  },
];

/** An invented invoice that shows every part of a document that a brand can change. */
export function sampleContent(date: CivilDate, currency: string): InvoiceContent {
  return {
    number: 'SAMPLE',
    type: 'standard',
    typeLabel: 'Standard',
    date,
    dueDate: addDays(date, 30),
    terms: 'Net 30',
    purchaseOrder: 'PO-77120',
    customer: { name: 'Harbor Dental', address: { lines: ['400 Bayshore Boulevard', 'Suite 210'] }, accountNumber: 'HARBOR' },
    currency,
    lines: LINES.map((line) => (line.kind === 'time' ? { ...line, date } : line)),
    taxes: [{ label: 'Tax 5%', code: 'sample', rate: '5', amount: '203' }],
    subtotal: '4060',
    tax: '203',
    total: '4263',
  };
}
