import { inboxHref, invoiceHref, type InboxTab } from '../../../src/web/inbox/inbox-address.js';
import type { InboxPage } from '../../../src/web/inbox/inbox-views.js';
import { invoiceStateWords, invoiceTypeIcon } from '../../../src/web/invoice/invoice-words.js';
import type { InvoiceType } from '../../../src/domain/invoice.js';
import type { ProgressView } from '../../../src/web/shell/shell-view.js';
import { aShell, aud, usd } from './shell-fixture.js';
import type { InboxRow, ListView } from '../../../src/web/inbox/list-presenter.js';
import type { OverviewView } from '../../../src/web/inbox/overview-presenter.js';
import type { ChecklistView } from '../../../src/web/inbox/checklist-presenter.js';

const CUSTOMERS = [
  'Harbor Dental',
  'Kite & Co',
  'O’Brien “Quick” Logistics <Australia> & Sons International Holdings Group of Companies Proprietary Limited',
  'Maple Street Animal Hospital',
  'Ω Research 🧪',
  'Fjord Architects',
  'St. Brigid’s Primary School',
  'Lumen Legal LLP',
  'Copperline Plumbing',
];
const TYPES: readonly (readonly [InvoiceType, string])[] = [
  ['agreement', 'Agreement'],
  ['standard', 'Standard'],
  ['progress', 'Progress'],
  ['standard', 'Standard'],
  ['credit_memo', 'Credit memo'],
  ['down_payment', 'Down payment'],
  ['miscellaneous', 'Miscellaneous'],
];
const AMOUNTS = ['4218.50', '310.00', '12480.00', '96.25', '-145.00', '0.00', '1999.99', '72640.10'];
const FLAGS = [
  { count: 2, tone: 'error' as const },
  { count: 0 },
  { count: 1, tone: 'warning' as const },
  { count: 0 },
  { count: 0 },
  { count: 3 },
];

function aRow(index: number): InboxRow {
  const id = `i${index}`;
  const [type, typeLabel] = TYPES[index % TYPES.length] ?? ['other', 'Other'];
  const amount = AMOUNTS[index % AMOUNTS.length] ?? '1.00';
  const state = invoiceStateWords(index % 5 === 3 ? 'approved' : index % 7 === 5 ? 'rejected' : 'in_review');
  return {
    id,
    href: invoiceHref(id, { tab: 'all', search: '' }),
    number: `INV-${1042 + index}`,
    typeLabel,
    typeIcon: invoiceTypeIcon(type),
    customer: CUSTOMERS[index % CUSTOMERS.length] ?? '',
    total: index % 4 === 2 ? aud(amount) : usd(amount),
    state,
    showState: state.label !== 'In review',
    unread: index % 3 !== 1,
    flags: FLAGS[index % FLAGS.length] ?? { count: 0 },
    reviewers: [
      { initials: 'JD', name: 'Jo Díaz', state: 'waiting' as const },
      { initials: 'MA', name: 'Mia Arden', state: 'approved' as const },
    ].slice(0, index % 3),
    current: false,
    ticked: false,
    ...(index % 6 === 5 ? {} : { bulkValue: `${id}:9f2c` }),
  };
}

export function aList(over: Partial<ListView> = {}, tab: InboxTab = 'all'): ListView {
  const labels: readonly (readonly [InboxTab, string, number])[] = [
    ['all', 'All', 312],
    ['mine', 'Mine', 40],
    ['unread', 'Unread', 12],
    ['new', 'New', 7],
    ['approved', 'Approved', 96],
    ['rejected', 'Rejected', 4],
    ['posted', 'Posted', 141],
  ];
  return {
    tabs: labels.map(([key, label, count]) => ({ key, label, count, href: inboxHref({ tab: key, search: '' }), current: key === tab })),
    filter: { tab, search: '' },
    flagChoices: [
      { label: 'All invoices', value: '', current: true },
      { label: 'With any flag', value: 'any', current: false },
      { label: 'With errors', value: 'error', current: false },
      { label: 'With warnings', value: 'warning', current: false },
      { label: 'Without flags', value: 'none', current: false },
    ],
    filtered: false,
    clearHref: '/invoices',
    rows: Array.from({ length: 24 }, (_, index) => aRow(index)),
    nextHref: '/invoices?cursor=abc',
    empty: { icon: 'inbox', title: 'No invoice yet', text: 'They appear here as soon as the first run has read them.' },
    sums: [usd('418230.15'), aud('96120.40')],
    matches: 312,
    ...over,
  };
}

export const OVERVIEW: OverviewView = {
  lead: '40 invoices wait for you',
  steps: [
    {
      count: 5,
      label: 'With errors',
      text: 'Probable mistakes. Fix them in ConnectWise or mark them OK.',
      action: { label: 'Review errors', href: '/invoices?flags=error' },
    },
    {
      count: 17,
      label: 'With warnings',
      text: 'Worth a look before they go out.',
      action: { label: 'Review warnings', href: '/invoices?flags=warning' },
    },
  ],
  cleanApproval: { count: 18, of: 18, more: false, sums: [usd('84210.00'), aud('11802.40')], values: ['i1:aa', 'i2:bb'] },
};

export const CHECKLIST: ChecklistView = {
  doneCount: 2,
  steps: [
    { key: 'source', title: 'Connect ConnectWise', text: 'Northwind, 2 locations.', done: true, present: false },
    { key: 'pull', title: 'Import the invoices', text: '420 read, 2 not readable.', done: true, present: false },
    {
      key: 'brand',
      title: 'Set your brand',
      text: 'Logo, colour and address for the documents.',
      done: false,
      present: true,
      action: { label: 'Set brand', href: '/settings/brand' },
    },
    {
      key: 'ledger',
      title: 'Connect a ledger',
      text: 'In preview: nothing is sent until you start posting.',
      done: false,
      present: false,
      action: { label: 'Connect', href: '/connections' },
    },
    { key: 'approve', title: 'Approve the first invoice', text: 'Open one from the list and press Approve.', done: false, present: false },
  ],
};

export const PROGRESS: ProgressView = {
  id: 'run1',
  href: '/connections/c1/runs/r1/progress',
  label: 'Reading invoices from ConnectWise',
  done: 180,
  total: 420,
  rate: '12 per second, 20 s left',
  stopHref: '/connections/c1/runs/r1',
};

export function anInbox(over: Partial<InboxPage> = {}): InboxPage {
  return { shell: aShell(), list: aList(), progress: [], overview: OVERVIEW, ...over };
}
