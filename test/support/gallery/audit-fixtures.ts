import { permissionsOf, type Role } from '../../../src/domain/role.js';
import { type ActivityPage, type AuditPage, type AuditRow, subjectChoices } from '../../../src/web/settings/audit/audit-presenter.js';
import type { SupportPage } from '../../../src/web/settings/support/support.controller.js';
import { frame } from './settings-fixtures.js';
import { aPlainShell } from './shell-fixture.js';

const ROWS: AuditRow[] = [
  {
    id: 'e1',
    at: '2026-11-04T14:20:00Z',
    actor: 'Mia Arden',
    what: 'rejected it',
    quote: 'The hours of ticket #48213 belong to Kite & Co',
    subject: { label: 'Invoice INV-1042', href: '/invoices/i1' },
    security: false,
    sourceIp: '203.0.113.24',
    changes: [{ field: 'Reason', before: '', after: 'The hours of ticket #48213 belong to Kite & Co' }],
  },
  {
    id: 'e2',
    at: '2026-11-04T13:02:00Z',
    actor: 'Jo Díaz',
    what: 'made sam@northwind.example admin, who was member',
    subject: { label: 'Person' },
    security: true,
    sourceIp: '2001:db8:85a3::8a2e:370:7334',
    changes: [
      { field: 'Role', before: 'member', after: 'admin' },
      { field: 'Limits', before: '{"customers":["Harbor Dental"]}', after: '' },
    ],
  },
  {
    id: 'e3',
    at: '2026-11-04T13:01:00Z',
    actor: 'Robin of Support',
    actorKind: 'Countersign support',
    what: 'viewed /postings',
    subject: { label: 'Support access' },
    security: true,
    sourceIp: '198.51.100.4',
    changes: [],
  },
  {
    id: 'e4',
    at: '2026-11-03T22:14:00Z',
    actor: 'Countersign',
    what: 'was refused when writing the document',
    quote: 'Account 200 is archived.',
    subject: { label: 'Invoice INV-1038', href: '/invoices/i3' },
    security: false,
    changes: [],
  },
];

const choice = (value: string, label: string, selected = false) => ({ value, label, selected });

export const auditLog = (): AuditPage => ({
  ...frame('audit', 'Audit log'),
  rows: ROWS,
  filter: { action: '', from: '', to: '', subjectId: '' },
  people: [choice('', 'Everybody', true), choice('m1', 'Jo Díaz'), choice('m2', 'Mia Arden')],
  subjects: subjectChoices(undefined),
  categories: [choice('', 'Work and security', true), choice('business', 'Work'), choice('security', 'Security')],
  actions: ['invoice.approved', 'invoice.rejected'],
  filtered: false,
  chain: { tone: 'good', text: 'Sealed, and the whole chain verified', at: '2026-11-04T14:05:00Z' },
  csvHref: '/settings/audit/export.csv',
  jsonHref: '/settings/audit/export.json',
  next: '/settings/audit?cursor=x',
});

export const auditLogWithout = (): AuditPage => ({
  ...withoutNext(auditLog()),
  rows: [],
  filtered: true,
  filter: { action: 'invoice.', from: '2026-01-01', to: '2026-01-31', subjectId: '' },
});

export const auditLogBroken = (): AuditPage => ({
  ...auditLog(),
  chain: {
    tone: 'error',
    text: 'This record was tampered with. Link 3112 (event 0199f2c4-5f3e-7cc1-9a39-0c6ce7a4f1be of 2026-11-03 22:14:05 UTC) was changed: after.total is not what was sealed. Tell whoever runs Countersign for you, and keep your exports.',
  },
});

export const activity = (): ActivityPage => ({ ...frame('account/activity', 'Your activity'), rows: ROWS.slice(1, 2) });

function withoutNext({ next: _next, ...page }: AuditPage): AuditPage {
  return page;
}

export const support = (role: Role = 'owner'): SupportPage => {
  const framed = frame('support', 'Support access', role);
  const on = [{ operator: 'Robin of Support', roleLabel: 'Read-only', until: '2026-11-04T18:32:00Z', entered: true, you: false }];
  return {
    ...framed,
    shell: { ...framed.shell, permissions: permissionsOf(role), support: on },
    created: {
      operator: 'Robin of Support',
      link: 'https://billing.northwind.example/sign-in/support#6vKQ2yqkW0b7tJd3nS8xLr4uZp1mHf9e6vKQ2yqkW0b',
    },
    grants: [
      {
        id: 'g1',
        operator: 'Robin of Support',
        reason: 'Invoice 1042 shows the wrong tax',
        roleLabel: 'Read-only',
        by: 'Jo Díaz',
        createdAt: '2026-11-04T14:30:00Z',
        expiresAt: '2026-11-04T18:32:00Z',
        state: { label: 'Is in', tone: 'warning' },
        inForce: true,
        doneHref: '/settings/audit?person=g1',
      },
      {
        id: 'g0',
        operator: 'Kim of Support',
        reason: 'First connection',
        roleLabel: 'Admin',
        by: 'Jo Díaz',
        createdAt: '2026-10-01T14:30:00Z',
        expiresAt: '2026-10-02T14:30:00Z',
        state: { label: 'Ended by Jo Díaz' },
        inForce: false,
        doneHref: '/settings/audit?person=g0',
      },
    ],
    typed: { operator: '', reason: '' },
    roles: [{ value: 'read_only', label: 'Read-only', help: 'sees, no cost or margin' }],
    durations: [{ value: 60, label: '1 hour' }],
  };
};

export const supportReader = (): SupportPage => {
  const { created: _created, ...page } = support('read_only');
  return {
    ...page,
    grants: [],
    shell: {
      ...page.shell,
      support: [{ operator: 'Robin of Support', roleLabel: 'Read-only', until: '2026-11-04T18:32:00Z', entered: false, you: true }],
    },
  };
};

export const supportDoor = () => ({
  shell: aPlainShell('Support for Northwind Managed IT'),
  tenant: 'Northwind Managed IT',
  operator: 'Robin of Support',
  roleLabel: 'Read-only',
  until: '4 November 2026, 18:32 UTC',
});
