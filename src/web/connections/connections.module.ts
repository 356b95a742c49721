import { Module } from '@nestjs/common';
import { InvoicesModule } from '../../billing/invoices/invoices.module.js';
import { PostingModule } from '../../billing/posting/posting.module.js';
import { QueriesModule } from '../../billing/queries/queries.module.js';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { ConnectionFormsController } from './connection-forms.controller.js';
import { ConnectionPages } from './connection-pages.js';
import { ConnectionUpkeepController } from './connection-upkeep.controller.js';
import { ConnectionViews } from './connection-views.js';
import { ConnectionPagesController } from './connections.controller.js';
import { MappingForms } from './mapping-forms.js';

/** Needs a `ViewEngine` and `ShellViews` from global modules. */
@Module({
  imports: [ConnectionsModule, InvoicesModule, PostingModule, QueriesModule],
  controllers: [ConnectionPagesController, ConnectionUpkeepController, ConnectionFormsController],
  providers: [ConnectionPages, ConnectionViews, MappingForms],
  exports: [ConnectionViews, MappingForms],
})
export class ConnectionPagesModule {}
