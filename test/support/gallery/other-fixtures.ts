import type { ConnectionPage, ConnectionsPage } from '../../../src/web/connections/connection-views.js';
import type { PostingRow, PostingsPage } from '../../../src/web/postings/postings-presenter.js';
import { aShell, aud, usd } from './shell-fixture.js';
import { PROGRESS } from './inbox-fixture.js';
import type { ConnectionCard } from '../../../src/web/connections/card-presenter.js';
import type { LocationChoice, StatusChoice } from '../../../src/web/connections/mapping-choices.js';
import type { ConnectPage } from '../../../src/web/connect/connect-pages.js';

function aPosting(over: Partial<PostingRow>): PostingRow {
  return {
    id: over.number ?? 'p',
    state: 'posted',
    stateLabel: 'Posted',
    stateIcon: 'check',
    ...(over.state === undefined && { tone: 'good' as const }),
    operationLabel: 'Invoice',
    number: 'INV-1001',
    invoiceHref: '/invoices/i1',
    customer: 'Harbor Dental',
    destination: 'QuickBooks',
    at: '2026-11-04T14:12:00Z',
    links: [
      { label: 'QuickBooks', href: '#' },
      { label: 'ConnectWise', href: '#' },
    ],
    actions: {},
    ...over,
  };
}

export function aPostings(over: Partial<PostingsPage> = {}): PostingsPage {
  return {
    shell: aShell({ title: 'Postings', section: 'postings' }),
    tabs: [
      { key: 'all', label: 'All', count: 148, href: '/postings', current: true },
      { key: 'refused', label: 'Refused', count: 2, href: '/postings?tab=refused', current: false, tone: 'error' },
      { key: 'unknown', label: 'Unknown', count: 1, href: '/postings?tab=unknown', current: false, tone: 'warning' },
      { key: 'waiting', label: 'Waiting', count: 7, href: '/postings?tab=waiting', current: false },
      { key: 'posted', label: 'Posted', count: 138, href: '/postings?tab=posted', current: false },
    ],
    search: '',
    tab: 'all',
    runs: [{ destination: 'Xero', sentence: '41 posted, 2 refused, 7 waiting for a limit until 14:05', posted: 41, total: 50 }],
    runsMove: true,
    progress: [],
    rows: [
      aPosting({
        number: 'INV-1011',
        id: 'p1',
        state: 'refused',
        stateLabel: 'Refused',
        stateIcon: 'circle-x',
        tone: 'error',
        customer: 'Kite & Co',
        amount: aud('310.00'),
        destination: 'Xero',
        cause: 'Xero refused this invoice: account 200 is archived. Pick another account or restore it in Xero.',
        vendorWords: "Account code '200' is not a valid code for this document.",
        actions: {
          retryHref: '/postings/p1/retry',
          skipHref: '/postings/p1/skip',
          assign: {
            href: '/postings/p1/assignment',
            people: [
              { value: 'Jo Díaz', selected: false },
              { value: 'Mia Arden', selected: true },
            ],
          },
        },
      }),
      aPosting({
        number: 'INV-1012',
        id: 'p2',
        state: 'unknown',
        stateLabel: 'Unknown',
        stateIcon: 'circle-question-mark',
        tone: 'warning',
        customer: 'Fjord Architects',
        amount: usd('12480.00'),
        cause: 'QuickBooks did not answer in time. Countersign looks for the document by its number at 14:35 and never sends it twice.',
      }),
      aPosting({
        number: 'INV-1013',
        id: 'p3',
        state: 'planned',
        stateLabel: 'Waiting',
        stateIcon: 'clock',
        customer: 'Lumen Legal LLP',
        amount: usd('1999.99'),
        cause: 'Sent in a moment; the approval can still be taken back.',
        links: [],
        actions: { sendNowHref: '/postings/p3/now', skipHref: '/postings/p3/skip' },
      }),
      aPosting({ number: 'INV-1009', id: 'p4', amount: usd('4218.50') }),
      aPosting({ number: 'INV-1008', id: 'p5', operationLabel: 'Payment', destination: 'ConnectWise', amount: usd('-145.00') }),
      aPosting({ number: 'INV-1007', id: 'p6', operationLabel: 'Status', destination: 'ConnectWise', at: '2026-11-03T14:12:00Z' }),
      aPosting({
        number: '',
        name: 'Coral Sea Tours 🐠',
        id: 'p7',
        operationLabel: 'Customer',
        customer: '',
        links: [],
        invoiceHref: undefined,
      }),
    ],
    bulk: true,
    nextHref: '/postings?cursor=x',
    empty: {
      icon: 'send',
      title: 'No postings yet',
      text: 'They appear after the first approval.',
      action: { label: 'Go to the inbox', href: '/invoices' },
    },
    ...over,
  };
}

const SOURCE: ConnectionCard = {
  id: 'c1',
  href: '/connections/c1',
  connectorLabel: 'ConnectWise',
  accountLabel: 'northwind',
  roleText: 'Reads invoices, writes statuses and payments back',
  health: { state: 'running', icon: 'circle-check', tone: 'good', sentence: 'Works. 420 invoices read.' },
  missingPermissions: [
    {
      permission: 'Finance › Invoicing, edit',
      how: 'Grant it to the API member’s role under System › Security Roles, then press Run now.',
    },
  ],
  lastRun: { at: '2026-11-04T14:15:00Z', text: '3 read, 1 changed' },
  nextRunAt: '2026-11-04T14:45:00Z',
  intervalText: 'every 15 minutes',
  progress: PROGRESS,
  pausable: true,
  paused: false,
  locations: [],
  setAside: 2,
};
const LEDGER: ConnectionCard = {
  id: 'c2',
  href: '/connections/c2',
  connectorLabel: 'Xero',
  accountLabel: 'Bluegum Technology Pty Ltd',
  roleText: 'Receives invoices, sends payments back',
  health: { state: 'well', icon: 'circle-check', tone: 'good', sentence: 'Works.' },
  missingPermissions: [],
  lastRun: { at: '2026-11-04T13:50:00Z', text: '2 payments found' },
  nextRunAt: '2026-11-04T14:50:00Z',
  intervalText: 'every 60 minutes',
  budget: { used: 412, limit: 5000, text: '412 of 5,000' },
  runHref: '/connections/c2/runs',
  pausable: true,
  paused: false,
  setAside: 0,
  locations: ['Sydney'],
  goLive: { state: 'preview', proposedDate: '2026-11-01', readyCount: 18, blockers: [], goLiveHref: '/connections/c2/go-live' },
};
const BROKEN: ConnectionCard = {
  id: 'c3',
  href: '/connections/c3',
  connectorLabel: 'QuickBooks',
  accountLabel: 'Northwind Managed IT LLC',
  roleText: 'Receives invoices, sends payments back',
  health: {
    state: 'broken',
    icon: 'unplug',
    tone: 'error',
    sentence: 'QuickBooks no longer accepts our permission. Reconnect; 12 approved invoices wait.',
  },
  missingPermissions: [],
  lastRun: { at: '2026-11-03T22:10:00Z', text: 'Stopped: permission ended', tone: 'error' },
  intervalText: 'every 60 minutes',
  budget: { used: 120, limit: 1000, text: '120 of 1,000' },
  reconnectHref: '/connect/quickbooks',
  pausable: false,
  paused: false,
  setAside: 0,
  locations: ['Tampa'],
  goLive: { state: 'live', since: '2026-09-01' },
};

export function aConnections(over: Partial<ConnectionsPage> = {}): ConnectionsPage {
  return {
    shell: aShell({ title: 'Connections', section: 'connections' }),
    cards: [SOURCE, BROKEN, LEDGER],
    stop: { stopped: false },
    available: [
      { label: 'QuickBooks Online', roleText: 'Receives invoices, sends payments back', href: '/connect/quickbooks' },
      { label: 'Xero', roleText: 'Receives invoices, sends payments back', href: '/connect/xero' },
    ],
    ...over,
  };
}

export const LOCATIONS: LocationChoice[] = ['Tampa', 'Sydney'].map((name, index) => ({
  field: `location.c1.${index}`,
  name,
  options: [
    { value: 'c3', label: 'QuickBooks · Northwind Managed IT LLC', selected: index === 0 },
    { value: 'c2', label: 'Xero · Bluegum Technology Pty Ltd', selected: index === 1 },
  ],
}));

export const STATUSES: StatusChoice[] = [
  {
    key: 'approved',
    label: 'Approved',
    help: 'After the final approval.',
    options: [
      { value: '1', label: 'New', selected: false },
      { value: '2', label: 'Ready to Send', selected: true },
    ],
  },
  {
    key: 'rejected',
    label: 'Rejected',
    help: 'It has to be corrected there.',
    options: [{ value: '9', label: 'Sent', selected: true, note: 'can no longer be written' }],
  },
];

export function aConnection(): ConnectionPage {
  const options = [
    { value: '200', label: '200 Sales', selected: true },
    { value: '260', label: '260 Other revenue', selected: false },
  ];
  return {
    shell: aShell({ title: 'Xero', section: 'connections' }),
    connection: LEDGER,
    runs: [
      {
        at: '2026-11-04T13:50:00Z',
        what: 'Payments',
        outcome: '2 payments found',
        icon: 'circle-check',
        tone: 'good',
        read: 12,
        changed: 2,
        setAside: 0,
        durationText: '1.8 s',
      },
      {
        at: '2026-11-04T12:50:00Z',
        what: 'Payments',
        outcome: 'Xero was down; tried 5 times',
        icon: 'cloud-off',
        tone: 'warning',
        read: 0,
        changed: 0,
        setAside: 0,
        durationText: '4 min',
      },
      {
        at: '2026-11-03T12:50:00Z',
        what: 'Everything',
        outcome: 'Read',
        icon: 'circle-check',
        tone: 'good',
        read: 420,
        changed: 420,
        setAside: 2,
        durationText: '38 s',
      },
    ],
    setAside: [
      {
        id: 's1',
        label: 'INV-0999',
        cause: 'The lines sum to $100.00 but the invoice says $110.00.',
        field: 'invoice.total',
        at: '2026-11-03T12:50:00Z',
        link: { label: 'Open in ConnectWise', href: '#' },
      },
    ],
    mapping: {
      categories: [
        { key: 'service', label: 'Services', help: 'Time on tickets and projects', value: '200', none: 'Not mapped', options },
        {
          key: 'product',
          label: 'Products',
          value: '',
          none: 'Not mapped',
          options: options.map((option) => ({ ...option, selected: false })),
          problem: '14 approved invoices wait for this code.',
        },
      ],
      taxes: [
        {
          key: 'GST',
          label: 'GST',
          help: '10 %',
          value: 'OUTPUT',
          none: 'As taxed lines',
          options: [{ value: 'OUTPUT', label: 'GST on Income (10 %)', selected: true }],
        },
      ],
      saveHref: '/connections/c2/mapping',
    },
    readAgainHref: '/connections/c2/set-aside',
    locations: { rows: LOCATIONS, saveHref: '/connections/c2/locations' },
    statuses: { rows: STATUSES, saveHref: '/connections/c2/statuses' },
    schedule: {
      rows: [
        { kind: 'pull', label: 'Read changes', minutes: 15, least: 5, most: 10_080, paused: true },
        { kind: 'settle', label: 'Look for payments', minutes: 60, least: 15, most: 10_080, paused: false, nextAt: '2026-11-04T15:30:00Z' },
      ],
      saveHref: '/connections/c2/schedule',
    },
    upkeep: {
      name: 'Bluegum Technology Pty Ltd',
      nameHref: '/connections/c2/name',
      checkHref: '/connections/c2/check',
      disconnectHref: '/connections/c2',
    },
  };
}

export function aConnectForm(): ConnectPage {
  return {
    shell: aShell({ title: 'Connect ConnectWise', section: 'connections' }),
    connector: { key: 'connectwise', label: 'ConnectWise' },
    problem: 'ConnectWise does not know this public key. Copy it again from the API Keys tab of the API member.',
    step: {
      kind: 'form',
      fields: [
        { name: 'site', label: 'Site', secret: false, optional: false, value: 'na.myconnectwise.net', help: 'The address you sign in at.' },
        { name: 'company', label: 'Company id', secret: false, optional: false, value: 'northwind' },
        { name: 'publicKey', label: 'Public key', secret: false, optional: false, value: 'abc', problem: 'Not known at this site.' },
        { name: 'privateKey', label: 'Private key', secret: true, optional: false, value: '' },
      ],
    },
  };
}

export function aConnectAccount(): ConnectPage {
  return {
    shell: aShell({ title: 'Connect Xero', section: 'connections' }),
    connector: { key: 'xero', label: 'Xero' },
    step: {
      kind: 'account',
      action: '/connect/xero/account/0199',
      accounts: [
        { id: 'a', label: 'Bluegum Technology Pty Ltd' },
        { id: 'b', label: 'Demo Company (AU)', note: 'Already connected by another company here' },
      ],
    },
  };
}

export function aConnectLeave(): ConnectPage {
  return {
    shell: aShell({ title: 'Connect Xero', section: 'connections' }),
    connector: { key: 'xero', label: 'Xero' },
    step: {
      kind: 'leave',
      continueHref: '#',
      what: [
        'Read and write invoices and contacts',
        'Read payments and credit notes',
        'Read accounts, tax rates and organisation settings',
      ],
    },
  };
}
