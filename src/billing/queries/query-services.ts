import { AuditExport } from './audit-export.js';
import { AuditQuery } from './audit-query.js';
import { ConnectionQuery } from './connection-query.js';
import { InboxQuery } from './inbox-query.js';
import { InvoiceQuery } from './invoice-query.js';
import { PostingQuery } from './posting-query.js';
import { SyncRunQuery } from './sync-run-query.js';
import { CompanyQuery } from './company-query.js';

/** The services of this folder; they need the database, the repositories and the connectors' catalog. */
export const QUERY_SERVICES = [
  InboxQuery,
  InvoiceQuery,
  PostingQuery,
  ConnectionQuery,
  AuditQuery,
  AuditExport,
  SyncRunQuery,
  CompanyQuery,
];
