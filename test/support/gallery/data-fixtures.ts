import type { CertificateFields, CertificatePage, DataFlowsPage, DataPage } from '../../../src/web/settings/data/data-view.js';
import type { PlainShellView } from '../../../src/web/shell/shell-view.js';
import type { Role } from '../../../src/domain/role.js';
import { frame } from './settings-fixtures.js';
import { aPlainShell } from './shell-fixture.js';

const DRY_RUN: DataPage['dryRun'] = {
  isPresent: false,
  rows: [
    { what: 'Invoices', count: 1_204, size: '2.1 MB', isCivil: true, oldest: '2018-01-02', newest: '2023-11-03' },
    { what: 'Revisions of invoices', count: 1_377, size: '9.8 MB', isCivil: false },
    { what: 'PDF files', count: 1_350, size: '148 MB', isCivil: false, oldest: '2018-01-02T00:00:00Z', newest: '2023-11-03T00:00:00Z' },
    { what: 'Raw payloads', count: 312, size: '4.4 MB', isCivil: false, oldest: '2026-08-02T00:00:00Z', newest: '2026-10-04T00:00:00Z' },
  ],
  total: { count: 4_243, size: '164.3 MB' },
  kept: ['3 invoices are under legal hold.', '17 invoices are not finished: not posted, not paid, or with a posting to decide on.'],
  periods: { documentsYears: '3', rawDays: 30, logDays: 90, auditYears: '7' },
};

export function data(over: Partial<DataPage> = {}, role: Role = 'owner'): DataPage {
  return {
    ...frame('data', 'Data', role),
    editable: role === 'owner',
    editors: 'An owner',
    documents: [7, 3, 1].map((year) => ({ value: String(year), label: year === 1 ? '1 year' : `${year} years`, selected: year === 3 })),
    audit: [10, 7, 3].map((year) => ({ value: String(year), label: `${year} years`, selected: year === 7 })),
    keepsContent: true,
    rawDays: 30,
    logDays: 90,
    problems: {},
    runs: [
      {
        at: '2026-11-04T08:12:00Z',
        by: 'Countersign',
        outcome: '1,240 rows deleted. Invoices: 12',
        kept: ['3 invoices are under legal hold.'],
      },
      { at: '2026-11-03T08:12:00Z', by: 'Countersign', outcome: 'Nothing was too old.', kept: [] },
    ],
    holds: [
      {
        id: 'h1',
        subject: '1042 · Harbor Dental',
        reason: 'Dispute 17/2026, counsel: Reyes & Partner',
        by: 'Jo Díaz',
        at: '2026-10-01T10:00:00Z',
      },
      {
        id: 'h2',
        subject: 'Kite & Co',
        reason: 'Tax audit',
        by: 'Jo Díaz',
        at: '2026-03-01T10:00:00Z',
        liftedAt: '2026-06-01T10:00:00Z',
        liftedBy: 'Mei Tan',
      },
    ],
    typedHold: { scope: 'invoice', subject: '', reason: '' },
    exports: [
      {
        id: 'e1',
        at: '2026-11-04T12:00:00Z',
        by: 'Jo Díaz',
        outcome: 'Ready, 1.4 GB',
        until: '2026-11-05T12:20:00Z',
        href: '/settings/data/exports/e1',
      },
      { id: 'e2', at: '2026-09-04T12:00:00Z', by: 'Mei Tan', outcome: 'Deleted after its day' },
    ],
    people: [{ id: 'p1', label: 'Marco Alvarez (marco@northwind.example)' }],
    certificates: [{ href: '/settings/data/certificates/c1', subject: 'Former member 3f2a', at: '2026-10-20T09:00:00Z' }],
    tenantName: 'Northwind Managed IT',
    graceDays: 7,
    ...over,
  };
}

export const dataBusy = (): DataPage => {
  const page = data({
    dryRun: DRY_RUN,
    running: { id: 'r1', href: '/settings/data/runs/r1/progress', label: 'Deleting what is too old', done: 800, total: 4_243 },
    exporting: { id: 'x1', href: '/settings/data/exports/x1/progress', label: 'Writing the export', done: 12_000, total: 90_000 },
    erasure: {
      at: '2026-11-11T12:00:00Z',
      by: 'Jo Díaz',
      hasBegun: false,
      certificateHref: 'https://billing.northwind.example/certificates/6f0d1c7e-7b1e-4c0e-9c39-4d8f4f0f3c55',
    },
  });
  return { ...page, shell: { ...page.shell, erasure: { by: 'Jo Díaz', at: '2026-11-11T12:00:00Z', hasBegun: false } } };
};

export const dataContent = (obstacles: string[] = []): DataPage =>
  data({
    contentPreview: {
      rows: [
        { what: 'Revisions of invoices', count: 1_377, size: '9.8 MB' },
        { what: 'PDF files', count: 1_350, size: '148 MB' },
        { what: 'Customers with address and contact', count: 94, size: '61 kB' },
        { what: 'Raw payloads', count: 312, size: '4.4 MB' },
      ],
      obstacles,
    },
  });

export const dataEmpty = (): DataPage => data({ runs: [], holds: [], exports: [], certificates: [], people: [] });

export const dataFlows = (): DataFlowsPage => ({
  ...frame('data', 'Data'),
  region: 'Frankfurt, Germany',
  home: [
    {
      name: 'Database',
      where: 'db.northwind.example',
      purpose: 'Keeps everything: invoices, PDFs, people, the record of events.',
      data: 'All of it, each company apart by row level security.',
      active: true,
    },
    {
      name: 'Keys',
      where: 'this installation',
      purpose: 'A key ring held by the operator wraps the key of each company.',
      data: 'Wrapped keys only, never an invoice.',
      active: true,
    },
  ],
  others: [
    {
      name: 'ConnectWise PSA',
      where: 'Northwind (na.myconnectwise.net)',
      purpose: 'Where invoices come from.',
      data: 'Invoices, customers, agreements, time entries and the names and addresses of your staff are read from there; payments and billing statuses are written there.',
      active: true,
    },
    {
      name: 'Xero',
      where: 'not connected',
      purpose: 'The books that invoices are posted to.',
      data: 'Approved invoices with their customers, lines and PDFs are written there, payments are read from there.',
      active: false,
    },
    {
      name: 'Mail server',
      where: 'smtp.northwind.example',
      purpose: 'Carries sign-in codes and invitations.',
      data: 'E-mail addresses, names, the company’s name. No invoice.',
      active: true,
    },
  ],
  publicKey: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
});

const CERTIFICATE: CertificateFields = {
  title: 'Erasure of a person',
  isGenuine: true,
  facts: [
    { name: 'Company', text: 'Northwind Managed IT' },
    { name: 'Called from now on', text: 'Former member 3f2a' },
    { name: 'Erased', text: '2026-10-20T09:00:00.000Z' },
    { name: 'By', text: 'person 01a21de6-84dd-7783-9a30-920723422aa6' },
    { name: 'Account', text: 'Erased with every sign-in' },
  ],
  rows: [
    { what: 'Approvals: approved by label', count: 214 },
    { what: 'Memberships', count: 1 },
  ],
  notes: [],
  kept: [
    'document, invoice_revision: What was invoiced: commercial and tax law ask for it unchanged.',
    'vendor_record: Raw payloads go by themselves after the days set under Data.',
  ],
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  signature: 'nK2pq0mWf4v3j1H0y9cQ0r6q7Zk0Wc7bJx4h9i1n8Xv2t5u7y9A1b3C5d7E9f1G3h5J7k9L1m3N5o7P9q1R3s5==',
  jsonHref: '/settings/data/certificates/c1/json',
};

export const certificate = (): CertificatePage => ({ ...frame('data', 'Data'), ...CERTIFICATE });

export const tenantCertificate = (): CertificateFields & { shell: PlainShellView } => ({
  shell: aPlainShell('Erasure of a company'),
  ...CERTIFICATE,
  title: 'Erasure of a company',
  notes: ['ConnectWise PSA: the authorisation was forgotten here; whoever gave it can end it there, too.'],
});
