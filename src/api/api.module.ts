import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { DiscoveryModule } from '@nestjs/core';
import { DocumentsModule } from '../billing/documents/documents.module.js';
import { PostingModule } from '../billing/posting/posting.module.js';
import { QueriesModule } from '../billing/queries/queries.module.js';
import { ReviewModule } from '../billing/review/review.module.js';
import { OutsideRoutes } from './outside-routes.js';
import { AuditEventsController } from './audit-events.controller.js';
import { ConnectionsController } from './connections.controller.js';
import { InvoiceDecisionsController } from './invoices/invoice-decisions.controller.js';
import { InvoiceDocumentController } from './invoices/invoice-document.controller.js';
import { InvoicesController } from './invoices/invoices.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { PostingsController } from './postings.controller.js';
import { SyncRunsController } from './sync-runs.controller.js';

/** One per resource. */
const CONTROLLERS = [
  AuditEventsController,
  ConnectionsController,
  InvoiceDecisionsController,
  InvoiceDocumentController,
  InvoicesController,
  OpenApiController,
  PostingsController,
  SyncRunsController,
];

/** /api/v1: the same services as the pages, as JSON. */
@Module({
  imports: [ConnectionsModule, DiscoveryModule, DocumentsModule, PostingModule, QueriesModule, ReviewModule],
  controllers: CONTROLLERS,
  providers: [OutsideRoutes],
})
export class ApiModule {}
