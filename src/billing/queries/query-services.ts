import { AuditExport } from './audit-export.js';
import { AuditQuery } from './audit-query.js';
import { ConnectionQuery } from './connection-query.js';
import { InboxQuery } from './inbox-query.js';
import { InvoiceQuery } from './invoice-query.js';
import { PostingQuery } from './posting-query.js';
import { SyncRunCommands } from './sync-run-commands.js';
import { ConnectorCatalog } from './connector-catalog.js';
import { CompanyQuery } from './company-query.js';

/** The services of this folder; they need the storage module and CONNECTOR_DESCRIPTORS. */
export const QUERY_SERVICES = [
  InboxQuery,
  InvoiceQuery,
  PostingQuery,
  ConnectionQuery,
  AuditQuery,
  AuditExport,
  SyncRunCommands,
  ConnectorCatalog,
  CompanyQuery,
];
