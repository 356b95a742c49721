import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { DocumentsModule } from '../../billing/documents/documents.module.js';
import { QueriesModule } from '../../billing/queries/queries.module.js';
import { ReviewModule } from '../../billing/review/review.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { DecisionAnswers } from '../invoice/decision-answers.js';
import { DecisionsController } from '../invoice/decisions.controller.js';
import { DocumentOpening } from '../invoice/document-opening.js';
import { InvoiceViews } from '../invoice/invoice-views.js';
import { InvoiceController } from '../invoice/invoice.controller.js';
import { ReviewController } from '../invoice/review.controller.js';
import { RunsController } from '../runs/runs.controller.js';
import { BulkApproval } from './bulk-approval.js';
import { BulkController } from './bulk.controller.js';
import { InboxViews } from './inbox-views.js';
import { InboxController } from './inbox.controller.js';

/** The list of invoices, the invoice beside it, and everything decided there. Needs a `ViewEngine` and `ShellViews` from global modules. */
@Module({
  imports: [ConnectionsModule, DocumentsModule, QueriesModule, ReviewModule, IdentityModule, LifecycleModule],
  controllers: [InboxController, BulkController, InvoiceController, DecisionsController, ReviewController, RunsController],
  providers: [InboxViews, BulkApproval, InvoiceViews, DocumentOpening, DecisionAnswers],
})
export class InboxModule {}
