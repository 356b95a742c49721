import type { InvoiceContent, InvoiceLine } from '../../src/domain/invoice.js';
import { aCustomer, aLine, anInvoice, aTax, aTicket, aTimeEntry } from './invoices.js';

const PEOPLE = ['Dana Whitfield', 'Marcus Oyelaran', 'Priya Raman', 'Tom Lindqvist'];
const ROLES: readonly (readonly [string, string])[] = [
  ['Systems Engineer', '165.00'],
  ['Service Desk', '95.00'],
  ['Senior Consultant', '210.00'],
];
const TICKETS = [
  aTicket('48213', 'Exchange mailbox migration, second wave'),
  aTicket('48260', 'Firewall replacement at the Westshore clinic'),
  aTicket('48277', 'Imaging workstation loses its network drive every morning'),
  aTicket('48301', 'New starter: reception desk, laptop and accounts'),
  aTicket('48344', 'Quarterly restore test'),
];
const NOTES = [
  'Moved twelve mailboxes, verified shared calendars with the front desk and cleared two stuck profiles.',
  'Called back, left a message.',
  'Replaced the edge firewall during the agreed window. Site-to-site tunnel came up at 19:40; tested phones, imaging upload and card terminals with the clinic manager before leaving. Old unit labelled and boxed for return.',
  'Traced the drop to a power setting pushed by the vendor tool.\nSet an exception and watched two mornings: stable.',
  'Built the laptop from the standard image, enrolled it, set up mail, signature and the practice software.',
  'Restored three files and one mailbox from last night; results are in the report folder.',
];

/** `count` entries over five tickets in October, some of them covered and some free of charge. */
function timeEntries(count: number): InvoiceLine[] {
  return Array.from({ length: count }, (_, index) => {
    const [workRole, unitPrice] = ROLES[index % ROLES.length] as readonly [string, string];
    const ticket = TICKETS[Math.floor((index * TICKETS.length) / count)];
    return aTimeEntry(90_500 + index, {
      ...(ticket ? { workOrder: ticket } : {}),
      person: PEOPLE[(index * 7) % PEOPLE.length] ?? '',
      workRole,
      unitPrice,
      notes: NOTES[(index * 5) % NOTES.length] ?? '',
      date: `2026-10-${String(1 + ((index * 3) % 28)).padStart(2, '0')}`,
      hours: ['0.25', '0.50', '1.00', '1.75', '3.50'][index % 5] ?? '1.00',
      ...(index % 5 === 4 ? { covered: '0.50' } : {}),
      ...(index % 12 === 10 ? { billable: 'no_charge' as const } : {}),
    });
  });
}

export function timeAndMaterials(entries = 30): InvoiceContent {
  const lines = [
    ...timeEntries(entries),
    aLine({
      key: 'expense:7',
      kind: 'expense',
      description: 'Mileage to Westshore, 38 miles',
      unitPrice: '26.60',
      date: '2026-10-14',
      person: 'Tom Lindqvist',
      taxable: false,
    }),
  ];
  return anInvoice({
    number: '1201',
    purchaseOrder: 'PO-77120',
    lines,
    taxes: [aTax('Florida 6%', '6', lines), aTax('Hillsborough 1.5%', '1.5', lines)],
  });
}

export function agreementWithAdditions(): InvoiceContent {
  const aud = 'AUD';
  const gold = 'Managed Services Gold';
  const lines = [
    aLine({ key: 'agreement:88', kind: 'agreement', description: 'Managed Services Gold, November 2026', unitPrice: '2450.00', agreementName: gold }, aud),
    aLine({ key: 'addition:881', kind: 'addition', description: 'Managed workstation', quantity: '46', unitPrice: '38.50', agreementName: gold, productCode: 'MW-STD' }, aud),
    aLine({ key: 'addition:882', kind: 'addition', description: 'Microsoft 365 Business Premium', quantity: '52', unitPrice: '32.90', agreementName: gold, productCode: 'CFQ7TTC0LCHC', notes: 'Includes 3 seats added on 9 November, pro rata' }, aud),
    aLine({ key: 'addition:883', kind: 'addition', description: 'Managed server', quantity: '4', unitPrice: '165.00', agreementName: gold }, aud),
    aLine({ key: 'agreement:89', kind: 'agreement', description: 'Backup and recovery, November 2026', unitPrice: '620.00', agreementName: 'Backup and Recovery (Geelong)' }, aud),
    aLine({ key: 'addition:891', kind: 'addition', description: 'Off-site storage, per GB', quantity: '1840', unitPrice: '0.0725', agreementName: 'Backup and Recovery (Geelong)' }, aud),
    aLine({ key: 'discount:1', kind: 'discount', description: 'Loyalty discount, third year', unitPrice: '-245.00' }, aud),
    aTimeEntry(91_001, { hours: '2.50', covered: '2.50', unitPrice: '180.00', agreementName: gold, workOrder: aTicket('50112', 'Monthly patch window'), notes: 'Patched all servers, rebooted in order, checked backups.', date: '2026-11-08' }, aud),
    aTimeEntry(91_002, { hours: '4.00', covered: '1.50', unitPrice: '180.00', agreementName: gold, workOrder: aTicket('50140', 'Printer queue stuck at Geelong'), notes: 'Rebuilt the print server queue.', date: '2026-11-10', person: 'Priya Raman' }, aud),
  ]; // prettier-ignore
  return anInvoice({
    number: 'SX-20418',
    type: 'agreement',
    typeLabel: 'Agreement',
    currency: aud,
    lines,
    taxes: [aTax('GST 10%', '10', lines, aud)],
    customer: aCustomer({
      name: 'Corio Bay Veterinary Hospital',
      attention: 'Mei-Lin Zhou',
      address: { lines: ['18 Esplanade'], city: 'Geelong', state: 'VIC', postcode: '3220', country: 'Australia' },
      accountNumber: 'CORIO-7',
    }),
    shipTo: aCustomer({
      name: 'Corio Bay, Surgery 2',
      address: { lines: ['4 Moorabool St'], city: 'Geelong', state: 'VIC', postcode: '3220' },
    }),
    topComment: 'Thank you for renewing. Your rates stay as they are until June 2027.',
  });
}

export function creditNote(): InvoiceContent {
  const lines = [
    aLine({
      key: 'product:5',
      kind: 'product',
      description: 'Returned: 24-port PoE switch, unopened',
      unitPrice: '-612.00',
      productCode: 'SW-24P',
    }),
    aLine({ key: 'adjustment:1', kind: 'adjustment', description: 'Goodwill for the late delivery', unitPrice: '-50.00', taxable: false }),
  ];
  return anInvoice({
    number: '1188-C',
    type: 'credit_memo',
    typeLabel: 'Credit Memo',
    reference: 'Invoice 1188',
    lines,
    taxes: [aTax('Florida 6%', '6', lines)],
  });
}

/** Everything covered by the agreement: nothing to pay, but the work is shown. */
export function zeroTotal(): InvoiceContent {
  const lines = timeEntries(5).map((line) => ({
    ...line,
    agreementName: 'Service Desk Unlimited',
    quantity: '0',
    amount: '0',
    billable: 'billable' as const,
    hours: { worked: line.hours?.worked ?? '1', billed: '0', covered: line.hours?.worked ?? '1' },
  }));
  return anInvoice({ number: '1215', lines, taxes: [] });
}

export function productBundle(): InvoiceContent {
  const lines = [
    aLine({ key: 'product:33107', kind: 'product', description: 'Front desk bundle', quantity: '3', unitPrice: '1849.00', productCode: 'BNDL-FD' }),
    ...['Laptop 14", 16 GB, 512 GB', 'Docking station', 'Monitor 27", height adjustable', 'Three-year on-site warranty'].map((description, index) =>
      aLine({ key: `component:${index}`, kind: 'component', description, quantity: '3', unitPrice: '0', parentKey: 'product:33107' }),
    ),
    aLine({ key: 'product:33110', kind: 'product', description: 'Patch cable, 2 m, grey', quantity: '24', unitPrice: '4.35', productCode: 'CBL-2G' }),
    aLine({ key: 'fixed:12', kind: 'fixed_fee', description: 'Installation and hand-over', unitPrice: '1200.00', workOrder: { kind: 'project', number: 'P-310', summary: 'Front desk refresh' } }),
    aTimeEntry(92_001, { unitPrice: '0', hours: '3.00', notes: 'Unpacked, imaged and placed all three desks.', workOrder: { kind: 'project', number: 'P-310', summary: 'Front desk refresh' } }),
    aTimeEntry(92_002, { unitPrice: '0', hours: '1.50', notes: 'Hand-over with the practice manager.', date: '2026-10-06', workOrder: { kind: 'project', number: 'P-310', summary: 'Front desk refresh' } }),
    aLine({ key: 'down:1', kind: 'down_payment', description: 'Down payment received on invoice 1174', unitPrice: '-2000.00', taxable: false }),
  ]; // prettier-ignore
  return anInvoice({
    number: '1222',
    type: 'progress',
    typeLabel: 'Progress',
    lines,
    taxes: [aTax('Florida 6%', '6', lines)],
    bottomComment: 'Goods remain ours until paid in full. Warranty terms are those of the maker.',
  });
}

export function awkwardNames(): InvoiceContent {
  const lines = [
    aLine({ key: 'product:1', kind: 'product', description: `<script>alert("x")</script> & 'quotes' "double" {{{raw}}} </style>`, notes: '<b>not bold</b>' }),
    aLine({ key: 'product:2', kind: 'product', description: `Supercalifragilistic${'expialidocious'.repeat(12)}`, productCode: 'X'.repeat(60) }),
    aLine({ key: 'product:3', kind: 'product', description: 'Party box 🎉 with 👩‍💻 and 🇦🇺 flags, 5 × “curly”, ŁÓDŹ, Ελλάδα, Москва, 東京', quantity: '0.333', unitPrice: '12345678.9' }),
  ]; // prettier-ignore
  return anInvoice({
    number: 'A/<&>"\'\\ 🚀-9',
    lines,
    customer: aCustomer({ name: `O'Brien & Søns <Holdings> "Quoted" 🚀 ${'Very Long Name '.repeat(6)}`.trim() }),
    topComment: 'Line one\n<img src="https://example.com/x.png">\nLine three 🙂',
  });
}
