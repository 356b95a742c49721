import { errorWords, type ErrorPage } from '../../../src/web/errors/error-presenter.js';
import { limits } from './limits-fixtures.js';
import type * as S from '../../../src/web/settings/settings-view.js';
import type { Role } from '../../../src/domain/role.js';
import { LOCATIONS, STATUSES } from './other-fixtures.js';
import { aPlainShell, aShell } from './shell-fixture.js';

export function frame(present: S.SettingsSection, title: string, role: Role = 'owner'): S.SettingsFrame {
  const sections: readonly (readonly [S.SettingsSection, string])[] = [
    ['brand', 'Brand'],
    ['members', 'Members'],
    ['statuses', 'Invoice statuses'],
    ['codes', 'Account mapping'],
    ['api-keys', 'API keys'],
    ['sign-in', 'Sign-in'],
    ['security', 'Security'],
    ['account', 'Your account'],
    ['identities', 'Sign-in methods'],
    ['data', 'Data'],
    ['general', 'General'],
    ['audit', 'Audit log'],
    ['support', 'Support access'],
    ['account/activity', 'Your activity'],
  ];
  return {
    shell: aShell({ title, section: 'settings' }, role),
    sections: sections.map(([key, label]) => ({ key, label, href: `/settings/${key}`, current: key === present })),
    saved: false,
    editable: role !== 'read_only',
    editors: 'An owner or admin',
  };
}

const ROLES: { value: Role; label: string; help: string }[] = [
  { value: 'read_only', label: 'Read-only', help: 'sees and downloads' },
  { value: 'member', label: 'Member', help: 'reviews, approves, rejects' },
  { value: 'admin', label: 'Admin', help: 'also connections, brand, posting, members' },
  { value: 'owner', label: 'Owner', help: 'everything' },
];

const BRAND_FIELDS: S.BrandFields = {
  sellerName: 'Northwind Managed IT',
  addressLines: '1200 Harbor Blvd\nTampa, FL 33602',
  taxIdLabel: 'EIN',
  taxId: '59-1234567',
  phone: '+1 813 555 0142',
  email: 'billing@northwind.example',
  website: 'northwind.example',
  paymentInstructions: 'Please pay by ACH to First Harbor Bank.\nWrite the invoice number with your payment.',
  footer: '',
};
const NO_FIELDS = Object.fromEntries(Object.keys(BRAND_FIELDS).map((key) => [key, ''])) as unknown as S.BrandFields;

export const brand = (): S.BrandPage => ({
  ...frame('brand', 'Brand'),
  saved: true,
  scopes: [
    { label: 'Everywhere', href: '/settings/brand', current: true },
    { label: 'Sydney', href: '/settings/brand?location=2', current: false },
  ],
  brand: BRAND_FIELDS,
  inherited: NO_FIELDS,
  accent: '#0f6b5c',
  sketch: { name: 'Northwind Managed IT', addressLines: '1200 Harbor Blvd Tampa, FL 33602', accent: '#0f6b5c' },
  problems: {},
});

export const brandOfLocation = (): S.BrandPage => ({
  ...brand(),
  saved: false,
  problem: 'Nothing was saved. This SVG holds a script, which a logo may not.',
  location: '2',
  brand: { ...NO_FIELDS, taxIdLabel: 'ABN', taxId: '51 824 753 556' },
  inherited: BRAND_FIELDS,
});

const staffList = (): S.StaffSection => ({
  source: { label: 'ConnectWise PSA' },
  wasRead: true,
  people: [
    { id: '172', name: 'Dana Roe', email: 'dana@northwind.example', initials: 'DR', invitable: true, why: '' },
    { id: '175', name: 'Priya Nair', email: 'priya.nair-ramanathan@northwind.example', initials: 'PN', invitable: true, why: '' },
    { id: '177', name: 'Tom Becker', email: '', initials: 'TB', invitable: false, why: 'No e-mail address there' },
    { id: '178', name: 'Callum Reid', email: 'callum@northwind.example', initials: 'CR', invitable: false, why: 'Inactive there' },
  ],
  invitableCount: 2,
});

/** Before anything is connected, and where the right to read them is missing. */
export const membersWithoutStaff = (): S.MembersPage => ({
  ...members(),
  staff: { wasRead: false, people: [], invitableCount: 0 },
});
export const membersRefused = (): S.MembersPage => ({
  ...members(),
  staff: {
    source: { label: 'ConnectWise PSA' },
    wasRead: true,
    people: [],
    invitableCount: 0,
    notKnown:
      "Our API member may not read who works there. It needs System > Member Maintenance: Inquire level All. System > Security Roles > the API member's role > System > Member Maintenance: set Inquire to All.",
  },
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
      inactive: false,
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
      limits: 'no costs · approves up to 1000 AUD · 1 location',
      lastSeenAt: '2026-11-03T09:12:00Z',
      inactive: false,
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
      inactive: true,
      you: false,
      removable: true,
    },
  ],
  rolesEditable: role === 'owner',
  typedEmail: '',
  invitations: [
    {
      id: 'n1',
      expired: true,
      withdrawable: true,
      email: 'sam@northwind.example',
      roleLabel: 'Member',
      from: 'ConnectWise staff list',
      inactive: false,
      expiresAt: '2026-11-11T09:00:00Z',
    },
  ],
  ...(role !== 'read_only' && { staff: staffList() }),
  roles: ROLES,
  invitable: ROLES,
});

export const statuses = (): S.StatusesPage => ({
  ...frame('statuses', 'Invoice statuses'),
  source: { label: 'ConnectWise' },
  rows: STATUSES,
});
export const statusesWithoutSource = (): S.StatusesPage => ({ ...frame('statuses', 'Invoice statuses'), rows: [] });

export const codes = (): S.CodesPage => ({
  ...frame('codes', 'Account mapping'),
  locations: LOCATIONS,
  ledgers: [
    { label: 'QuickBooks · Northwind Managed IT LLC', href: '/connections/c3#mapping', missing: 0 },
    { label: 'Xero · Bluegum Technology Pty Ltd', href: '/connections/c2#mapping', missing: 1 },
  ],
});
export const codesEmpty = (): S.CodesPage => ({ ...frame('codes', 'Account mapping'), locations: [], ledgers: [] });

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
      lastUsedFrom: '203.0.113.9',
      expiresAt: '2026-11-14T10:00:00Z',
      trouble: 'Expires within 14 days. Make a new one and exchange it.',
      scopes: 'Read invoices, Read postings',
      limits: '2 customers',
      by: 'Jo Díaz',
    },
  ],
  scopes: [
    { value: 'invoice.read', label: 'Read invoices', checked: true },
    { value: 'posting.manage', label: 'Post, retry and skip', checked: false },
  ],
  periods: [{ value: '365', label: 'In a year', selected: true }],
  presets: [
    { value: 'read', label: 'Read everything', selected: true },
    { value: 'chosen', label: 'What is ticked below', selected: false },
  ],
  limits: limits(),
  typedName: '',
  typedRole: 'read_only',
  roles: ROLES,
});

export const general = (): S.GeneralPage => ({
  ...frame('general', 'General'),
  name: 'Northwind Managed IT',
  timeZone: 'America/New_York',
  timeZones: ['America/New_York', 'Australia/Sydney'],
  locales: [{ value: 'en-US', label: 'United States: 11/30/26', selected: true }],
  currency: 'USD',
  currencies: ['AUD', 'USD'],
  problems: { currency: '"USX" is not a currency code like USD.' },
});

export const signInRules = (role: Role = 'owner'): S.SignInRulesPage => ({
  ...frame('sign-in', 'Sign-in', role),
  editable: role === 'owner',
  editors: 'An owner',
  ways: [
    { value: 'google', label: 'Google', checked: true, missing: false },
    { value: 'microsoft', label: 'Microsoft', checked: true, missing: false },
    { value: 'oidc', label: 'Okta', checked: false, missing: true },
    { value: 'email', label: 'A code or link sent by e-mail', checked: true, missing: false },
  ],
  directories: '6c1f1f0e-52d4-4b0a-9d3b-0a7b6e1d4c01',
  googleDomains: 'northwind.example\nnorth_wind',
  problems: role === 'owner' ? { googleDomains: '"north_wind" is not a domain. It looks like company.com.' } : {},
});

export const identities = (): S.IdentitiesPage => ({
  ...frame('identities', 'Sign-in methods'),
  identities: (['email', 'google'] as const).map((key) => ({
    issuer: key,
    subject: key,
    key,
    label: key === 'google' ? 'Google' : 'Code by e-mail',
    email: 'jo@northwind.example',
    linkedAt: '2026-08-12T10:00:00Z',
    lastUsedAt: '2026-11-04T06:00:00Z',
    current: key === 'google',
    removable: key !== 'google',
  })),
  addable: [
    { key: 'google', label: 'Google', href: '#' },
    { key: 'microsoft', label: 'Microsoft', href: '#' },
    { key: 'oidc', label: 'Okta', href: '#' },
  ],
});

export const signIn = () => ({
  shell: aPlainShell('Sign in'),
  providers: [
    { key: 'google' as const, label: 'Google', href: '/sign-in/google' },
    { key: 'microsoft' as const, label: 'Microsoft', href: '/sign-in/microsoft' },
    { key: 'oidc' as const, label: 'Okta', href: '/sign-in/oidc' },
  ],
  email: '',
  returnTo: '/invoices',
});
export const signInLink = () => ({
  shell: aPlainShell('Open your invitation'),
  title: 'Open your invitation',
  action: '/sign-in/invitation/link',
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
    { id: 't1', name: 'Northwind Managed IT', roleLabel: 'Owner' },
    { id: 't2', name: 'Bluegum Technology Pty Ltd', roleLabel: 'Read-only' },
    {
      id: 't3',
      name: 'Harbor IT',
      roleLabel: 'Member',
      closedBecause: 'Harbor IT does not allow this sign-in method. Use another sign-in method, or ask an owner there to allow this one.',
    },
  ],
});
export const error = (status: number): ErrorPage => ({
  shell: aPlainShell(errorWords(status).title),
  status,
  ...errorWords(status),
  ...(status === 500 ? { requestId: '0199f2c4' } : {}),
});

export const account = (): S.AccountPage => ({
  ...frame('account', 'Your account'),
  hasFactor: true,
  passkeys: [
    { id: 'key-1', name: 'Work laptop', createdAt: '2026-03-02T09:00:00.000Z', lastUsedAt: '2026-03-12T09:00:00.000Z' },
    { id: 'key-2', name: 'Security key', createdAt: '2026-03-04T09:00:00.000Z', lastUsedAt: '' },
  ],
  authenticatorSince: '2026-03-02T09:00:00.000Z',
  codesLeft: 9,
  newCodes: [],
  devices: ['Chrome on Windows', 'Safari on iPhone'].map((name, index) => ({
    ref: `device-${index}`,
    name,
    ip: '203.0.113.7',
    tenantName: 'Lumen IT',
    createdAt: '2026-03-02T09:00:00.000Z',
    lastSeenAt: '2026-03-12T09:00:00.000Z',
    current: index === 0,
  })),
});

export const security = (): S.SecurityPage => ({
  ...frame('security', 'Security'),
  demands: [
    { value: 'none', label: 'Nobody has to', checked: false },
    { value: 'admins', label: 'Owners and admins', checked: true },
    { value: 'everyone', label: 'Everybody', checked: false },
  ],
  idleMinutes: 720,
  hours: 336,
});
