import { AuditList } from './audit-list.js';
import { ConnectionList } from './connection-list.js';
import { ConnectionRoutes } from './connection-routes.js';
import { Connections } from './connections.js';
import { DataExports } from './data-exports.js';
import { DataPolicies } from './data-policies.js';
import { Erasures, TenantCertificates } from './erasures.js';
import { ExternalRefs } from './external-refs.js';
import { CredentialStore } from './identity-credentials.js';
import { FactorStore } from './identity-factors.js';
import { PasskeyStore } from './identity-passkeys.js';
import { PeopleStore } from './identity-people.js';
import { SessionStore } from './identity-sessions.js';
import { InboxRows } from './inbox-rows.js';
import { IntakeInvoices } from './intake-invoices.js';
import { InvoiceRecords } from './invoice-records.js';
import { LegalHolds } from './legal-holds.js';
import { PostingList } from './posting-list.js';
import { PostingWork } from './posting-work.js';
import { Postings } from './postings.js';
import { RetentionStore } from './retention-store.js';
import { RateBudgets } from './rate-budgets.js';
import { Schedules } from './schedules.js';
import { Settlements } from './settlements.js';
import { SyncRuns } from './sync-runs.js';
import { TenantTasks } from './tenant-tasks.js';
import { TenantKeyRows, TenantShredding } from './tenant-keys.js';
import { VendorRecords } from './vendor-records.js';

/** What pages and the API read. */
const READING = [AuditList, ConnectionList, InboxRows, InvoiceRecords, PostingList];

/** Every repository, for the storage module. */
export const REPOSITORIES = [
  ...READING,
  ConnectionRoutes,
  Connections,
  CredentialStore,
  PeopleStore,
  SessionStore,
  FactorStore,
  PasskeyStore,
  ExternalRefs,
  IntakeInvoices,
  PostingWork,
  Postings,
  RateBudgets,
  Schedules,
  Settlements,
  SyncRuns,
  TenantKeyRows,
  TenantShredding,
  VendorRecords,
  DataExports,
  Erasures,
  TenantCertificates,
  DataPolicies,
  LegalHolds,
  RetentionStore,
  TenantTasks,
];
