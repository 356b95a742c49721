import { invoiceHref, type InvoiceViewKey } from '../../../src/web/inbox/inbox-address.js';
import type { InvoicePane } from '../../../src/web/invoice/invoice-presenter.js';
import { usd } from './shell-fixture.js';
import type { FlagView, LineView } from '../../../src/web/invoice/lines-presenter.js';
import type { LinePlace } from '../../../src/web/invoice/document-opening.js';

const FLAGS: FlagView[] = [
  {
    id: 'f1',
    severity: 'error',
    severityLabel: 'Error',
    tone: 'error',
    title: 'Sold below cost',
    message: 'FortiGate 60F is billed at $640.00 and costs $712.40. Each unit loses $72.40. Correct the price or the cost.',
    lineKey: 'product:33107',
    where: 'Line 3',
    fix: { label: 'Fix in ConnectWise', href: '#' },
    dismissalHref: '/invoices/i0/flags/f1/dismissal',
  },
  {
    id: 'f2',
    severity: 'warning',
    severityLabel: 'Warning',
    tone: 'warning',
    title: 'Ticket billed with no notes',
    message: 'None of the 3 time entries says what was done. The client will ask.',
    lineKey: 'time:90511',
    where: '#48213',
    fix: { label: 'Fix in ConnectWise', href: '#' },
    dismissalHref: '/invoices/i0/flags/f2/dismissal',
  },
  {
    id: 'f3',
    severity: 'info',
    severityLabel: 'Info',
    title: 'Agreement amount changed',
    message: '$4,218.50 is $120.00 more than INV-0988 of 1 October.',
    dismissed: { by: 'Mia Arden', at: '2026-11-04T12:05:00Z' },
    dismissalHref: '/invoices/i0/flags/f3/dismissal',
  },
];

function aLine(over: Partial<LineView> & { key: string; description: string }): LineView {
  return { quantity: '1', unitPrice: usd('100.00'), amount: usd('100.00'), component: false, flags: [], ...over };
}

const LINES: LineView[] = [
  aLine({
    key: 'agreement:88',
    position: '1',
    description: 'Managed services, November 2026',
    unitPrice: usd('2400.00'),
    amount: usd('2400.00'),
    cost: usd('1310.00'),
    margin: { text: '45.4 %' },
  }),
  aLine({
    key: 'addition:12',
    position: '2',
    description: 'Microsoft 365 Business Premium',
    detail: '41 seats, 37 last month',
    quantity: '41',
    unitPrice: usd('22.00'),
    amount: usd('902.00'),
    cost: usd('812.00'),
    margin: { text: '10.0 %', tone: 'warning' },
  }),
  aLine({
    key: 'product:33107',
    position: '3',
    description: 'FortiGate 60F',
    unitPrice: usd('640.00'),
    amount: usd('640.00'),
    cost: usd('712.40'),
    margin: { text: '−11.3 %', tone: 'error' },
    flags: [{ severityLabel: 'Error', title: 'Sold below cost', tone: 'error' }],
    link: { label: 'Open', href: '#' },
  }),
  aLine({ key: 'component:1', description: 'Power supply', component: true, unitPrice: usd('0.00'), amount: usd('0.00') }),
];

const TICKET: LineView[] = [
  aLine({
    key: 'time:90511',
    position: '4',
    description: 'Emergency on-site support',
    detail: '2 Nov · Mia Arden · Engineer',
    quantity: '1.5 h',
    unitPrice: usd('165.00'),
    amount: usd('247.50'),
    cost: usd('90.00'),
    margin: { text: '63.6 %' },
    flags: [{ severityLabel: 'Warning', title: 'Ticket billed with no notes', tone: 'warning' }],
  }),
  aLine({
    key: 'time:90512',
    position: '5',
    description: 'Remote support',
    detail: '3 Nov · Sam Okoro · Engineer',
    quantity: '0.25 h',
    unitPrice: usd('116.00'),
    amount: usd('29.00'),
    notes: 'Replaced the failed power supply, tested failover.\nClient confirmed phones are back.',
    cost: usd('18.00'),
    margin: { text: '37.9 %' },
  }),
];

export function anInvoice(over: Partial<InvoicePane> = {}, view: InvoiceViewKey = 'document', positions: LinePlace[] = []): InvoicePane {
  const filter = { tab: 'all' as const, search: '' };
  const tab = (key: InvoiceViewKey, label: string, count?: number) => ({
    key,
    label,
    href: invoiceHref('i0', filter, key),
    current: key === view,
    ...(count ? { count } : {}),
  });
  return {
    id: 'i0',
    href: invoiceHref('i0', filter),
    number: 'INV-1042',
    typeLabel: 'Agreement',
    typeIcon: 'handshake',
    customer: 'Harbor Dental',
    total: usd('4218.50'),
    state: { label: 'In review', tone: 'accent' },
    date: '2026-11-02',
    dueDate: '2026-12-02',
    purchaseOrder: '4500-118',
    location: 'Tampa',
    destination: 'Posts to QuickBooks',
    links: [{ label: 'ConnectWise', href: '#' }],
    document: {
      state: 'ready',
      hash: '9f2c',
      href: '/invoices/i0/document.pdf?hash=9f2c',
      fileName: 'INV-1042.pdf',
      sizeText: '84 kB',
      positions,
    },
    view: { key: view, tabs: [tab('document', 'Document'), tab('lines', 'Lines', 6), tab('changes', 'What changed', 1)] },
    flags: FLAGS,
    unlooked: false,
    rules: ['Product below cost', 'Ticket without notes'],
    openFlags: 2,
    openFlagsTone: 'error',
    blockingFlags: [
      { title: 'Sold below cost, line 3', severityLabel: 'Error', tone: 'error' },
      { title: 'Ticket #48213 billed with no notes', severityLabel: 'Warning', tone: 'warning' },
    ],
    reviewers: [
      {
        id: 'v1',
        name: 'Jo Díaz',
        initials: 'JD',
        state: 'viewed',
        stateLabel: 'Viewed',
        at: '2026-11-04T14:02:00Z',
        outside: false,
        removable: true,
      },
      {
        id: 'v2',
        name: 'Mia Arden',
        initials: 'MA',
        state: 'approved',
        stateLabel: 'Approved',
        tone: 'good',
        at: '2026-11-04T12:06:00Z',
        outside: false,
        removable: true,
      },
      { id: 'v3', name: 'Sam Okoro', initials: 'SO', state: 'waiting', stateLabel: 'Waiting for review', outside: true, removable: true },
    ],
    timeline: [
      {
        icon: 'check',
        tone: 'good',
        actor: 'Mia Arden',
        what: 'approved the document of today',
        at: '2026-11-04T12:06:00Z',
        system: 'Countersign',
      },
      {
        icon: 'flag',
        actor: 'Mia Arden',
        what: 'marked “Agreement amount changed” as OK',
        at: '2026-11-04T12:05:00Z',
        system: 'Countersign',
      },
      {
        icon: 'x',
        tone: 'error',
        actor: 'Sam Okoro',
        what: 'rejected it',
        quote: 'Two seats were cancelled on the 20th, please pro-rate.',
        at: '2026-11-03T15:40:00Z',
        system: 'Countersign',
      },
      {
        icon: 'refresh-cw',
        actor: 'ConnectWise',
        what: 'changed the total from $4,098.50 to $4,218.50',
        at: '2026-11-03T19:11:00Z',
        system: 'ConnectWise',
        link: { label: 'Audit trail', href: '#' },
      },
      {
        icon: 'download',
        actor: 'Countersign',
        what: 'read it for the first time',
        at: '2026-11-02T11:15:00Z',
        system: 'ConnectWise',
        link: { label: 'Invoice', href: '#' },
      },
    ],
    groups: [{ lines: LINES }, { title: 'Ticket #48213 · Phones down after power cut', lines: TICKET }],
    taxes: [{ label: 'Florida 6%', amount: usd('0.00') }],
    subtotal: usd('4218.50'),
    showCost: true,
    revisions: [
      {
        title: 'The charge changed',
        at: '2026-11-03T19:11:00Z',
        consequence: 'The approval of Jo Díaz of 2 Nov lapsed, because it was for another document.',
        before: usd('4098.50'),
        after: usd('4218.50'),
        changes: [
          { kind: 'changed', what: 'Microsoft 365 Business Premium, quantity', before: '37', after: '41' },
          { kind: 'added', what: 'Remote support, 3 Nov', after: '$29.00' },
          { kind: 'removed', what: 'Courier', before: '−$12.00' },
        ],
      },
    ],
    approval: { allowed: true, label: 'Approve', withdrawable: false },
    rejection: { allowed: true },
    reopening: { allowed: false },
    reviewing: {
      allowed: true,
      groups: [
        { label: 'Members', people: [{ name: 'Priya Nair', email: 'priya@northwind.example' }] },
        { label: 'ConnectWise PSA, not members yet', people: [{ name: 'Tom Becker', email: 'tom@northwind.example' }] },
      ],
    },
    position: { index: 1, of: 312 },
    nextHref: '/invoices/i1',
    listHref: '/invoices',
    ...over,
  };
}
