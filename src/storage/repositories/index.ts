import { Approvals } from './approvals.js';
import { ExternalRefs } from './external-refs.js';
import { CredentialStore } from './identity-credentials.js';
import { PeopleStore } from './identity-people.js';
import { SessionStore } from './identity-sessions.js';
import { IntakeInvoices } from './intake-invoices.js';
import { PostingWork } from './posting-work.js';
import { Postings } from './postings.js';
import { Schedules } from './schedules.js';
import { Settlements } from './settlements.js';
import { SyncRuns } from './sync-runs.js';
import { VendorRecords } from './vendor-records.js';

/** Every repository of the stages, for the storage module. */
export const REPOSITORIES = [
  Approvals,
  CredentialStore,
  PeopleStore,
  SessionStore,
  ExternalRefs,
  IntakeInvoices,
  PostingWork,
  Postings,
  Schedules,
  Settlements,
  SyncRuns,
  VendorRecords,
];
