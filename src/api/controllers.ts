import { AuditEventsController } from './audit-events.controller.js';
import { ConnectionsController } from './connections.controller.js';
import { InvoiceDecisionsController } from './invoices/invoice-decisions.controller.js';
import { InvoiceDocumentController } from './invoices/invoice-document.controller.js';
import { InvoicesController } from './invoices/invoices.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { PostingsController } from './postings.controller.js';
import { SyncRunsController } from './sync-runs.controller.js';

/** One per resource. */
export const CONTROLLERS = [
  AuditEventsController,
  ConnectionsController,
  InvoiceDecisionsController,
  InvoiceDocumentController,
  InvoicesController,
  OpenApiController,
  PostingsController,
  SyncRunsController,
];
