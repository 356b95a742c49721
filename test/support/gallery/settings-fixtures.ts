import { errorWords } from '../../../src/web/errors/error-view.js';
import type { ErrorPage } from '../../../src/web/errors/error-view.js';
import type * as S from '../../../src/web/settings/settings-view.js';
import type { Role } from '../../../src/domain/role.js';
import { aPlainShell, aShell } from './shell-fixture.js';

function frame(present: S.SettingsSection, title: string, role: Role = 'owner'): S.SettingsFrame {
  const sections: readonly (readonly [S.SettingsSection, string])[] = [
    ['brand', 'Brand'],
    ['members', 'Members'],
    ['statuses', 'Statuses'],
    ['codes', 'Codes'],
    ['api-keys', 'API keys'],
    ['general', 'General'],
  ];
  return {
    shell: aShell({ title, section: 'settings' }, role),
    sections: sections.map(([key, label]) => ({ key, label, href: `/settings/${key}`, current: key === present })),
    saved: false,
    editable: role !== 'read_only',
  };
}

const ROLES: { value: Role; label: string; help: string }[] = [
  { value: 'read_only', label: 'Read-only', help: 'sees and downloads' },
  { value: 'member', label: 'Member', help: 'reviews, approves, rejects' },
  { value: 'admin', label: 'Admin', help: 'also connections, brand, posting, members' },
  { value: 'owner', label: 'Owner', help: 'everything' },
];

export const brand = (): S.BrandPage => ({
  ...frame('brand', 'Brand'),
  saved: true,
  brand: {
    name: 'Northwind Managed IT',
    addressLines: '1200 Harbor Blvd\nTampa, FL 33602',
    taxId: '59-1234567',
    accent: '#0f6b5c',
    footer: 'Thank you for your business.',
  },
  problems: {},
});

export const members = (role: Role = 'owner'): S.MembersPage => ({
  ...frame('members', 'Members', role),
  members: [
    {
      id: 'm1',
      name: 'Jo Díaz',
      email: 'jo@northwind.example',
      initials: 'JD',
      role: 'owner',
      roleLabel: 'Owner',
      lastSeenAt: '2026-11-04T14:30:00Z',
      you: true,
      removable: false,
    },
    {
      id: 'm2',
      name: 'Mia Arden',
      email: 'mia.arden@northwind.example',
      initials: 'MA',
      role: 'member',
      roleLabel: 'Member',
      lastSeenAt: '2026-11-03T09:12:00Z',
      you: false,
      removable: true,
    },
    {
      id: 'm3',
      name: 'Ada Wren',
      email: 'ada@wren-bookkeeping.example',
      initials: 'AW',
      role: 'read_only',
      roleLabel: 'Read-only',
      you: false,
      removable: true,
    },
  ],
  invitations: [
    { id: 'n1', email: 'sam@northwind.example', roleLabel: 'Member', from: 'ConnectWise staff list', expiresAt: '2026-11-11T09:00:00Z' },
  ],
  roles: ROLES,
});

export const statuses = (): S.StatusesPage => {
  const options = [
    { value: '1', label: 'New', selected: false },
    { value: '2', label: 'Ready to Send', selected: true },
    { value: '3', label: 'Sent', selected: false, note: 'drops it from batch e-mailing' },
  ];
  return {
    ...frame('statuses', 'Statuses'),
    source: { label: 'ConnectWise' },
    rows: [
      { key: 'approved', label: 'Approved', help: 'After the final approval.', options },
      {
        key: 'rejected',
        label: 'Rejected',
        help: 'Somebody has to correct it.',
        options: options.map((option) => ({ ...option, selected: false })),
      },
      {
        key: 'posted',
        label: 'Posted',
        help: 'After it is in the ledger.',
        options: options.map((option) => ({ ...option, selected: false })),
      },
    ],
  };
};

export const codes = (): S.CodesPage => ({
  ...frame('codes', 'Codes'),
  locations: [
    {
      id: 'l1',
      name: 'Tampa',
      options: [
        { value: 'c3', label: 'QuickBooks · Northwind Managed IT LLC', selected: true },
        { value: 'c2', label: 'Xero · Bluegum Technology Pty Ltd', selected: false },
      ],
    },
    {
      id: 'l2',
      name: 'Sydney',
      options: [
        { value: 'c3', label: 'QuickBooks · Northwind Managed IT LLC', selected: false },
        { value: 'c2', label: 'Xero · Bluegum Technology Pty Ltd', selected: true },
      ],
    },
  ],
  ledgers: [
    { label: 'QuickBooks · Northwind Managed IT LLC', href: '/connections/c3#mapping', missing: 0 },
    { label: 'Xero · Bluegum Technology Pty Ltd', href: '/connections/c2#mapping', missing: 1 },
  ],
});

export const apiKeys = (): S.ApiKeysPage => ({
  ...frame('api-keys', 'API keys'),
  created: { name: 'Month-end script', secret: 'cs_live_6vKQ2yqkW0b7tJd3nS8xLr4uZp1mHf9e' },
  keys: [
    {
      id: 'k1',
      name: 'Power BI',
      prefix: 'cs_live_8hTz',
      roleLabel: 'Read-only',
      createdAt: '2026-08-12T10:00:00Z',
      lastUsedAt: '2026-11-04T06:00:00Z',
      by: 'Jo Díaz',
    },
  ],
  roles: ROLES,
});

export const general = (): S.GeneralPage => ({
  ...frame('general', 'General'),
  name: 'Northwind Managed IT',
  timeZone: 'America/New_York',
  timeZones: ['America/New_York', 'Australia/Sydney'],
  currency: 'USD',
  postingDelaySeconds: 10,
});

export const signIn = () => ({
  shell: aPlainShell('Sign in'),
  providers: [
    { key: 'google' as const, label: 'Google', href: '/sign-in/google' },
    { key: 'microsoft' as const, label: 'Microsoft', href: '/sign-in/microsoft' },
  ],
  email: '',
  returnTo: '/invoices',
});
export const signInCode = () => ({
  shell: aPlainShell('Enter the code'),
  email: 'jo@northwind.example',
  minutes: 10,
  problem: 'This code is wrong or used up. Ask for a new one.',
  returnTo: '/invoices',
  mailboxHref: '#',
});
export const tenants = () => ({
  shell: aPlainShell('Which company?'),
  person: { name: 'Jo Díaz', email: 'jo@northwind.example' },
  tenants: [
    { id: 't1', name: 'Northwind Managed IT', roleLabel: 'Owner', note: '40 wait for you' },
    { id: 't2', name: 'Bluegum Technology Pty Ltd', roleLabel: 'Read-only' },
  ],
});
export const error = (status: number): ErrorPage => ({
  shell: aPlainShell(errorWords(status).title),
  status,
  ...errorWords(status),
  ...(status === 500 ? { requestId: '0199f2c4' } : {}),
});
