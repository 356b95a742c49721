import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { AuditExport } from './audit-export.js';
import { AuditQuery } from './audit-query.js';
import { ConnectionQuery } from './connection-query.js';
import { InboxQuery } from './inbox-query.js';
import { InvoiceQuery, InvoiceRows } from './invoice-query.js';
import { PostingQuery } from './posting-query.js';
import { SyncRunQuery } from './sync-run-query.js';
import { CompanyQuery } from './company-query.js';

/** The services of this folder; they need the database and the connectors' catalog. */
export const QUERY_SERVICES = [
  InboxQuery,
  InvoiceQuery,
  InvoiceRows,
  PostingQuery,
  ConnectionQuery,
  AuditQuery,
  AuditExport,
  SyncRunQuery,
  CompanyQuery,
];

/** What pages and the API read; both show the same. With what people call the connectors, from ConnectionsModule. */
@Module({ imports: [ConnectionsModule, InvoicesModule], providers: QUERY_SERVICES, exports: [...QUERY_SERVICES, ConnectionsModule] })
export class QueriesModule {}
