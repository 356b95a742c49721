import { Module } from '@nestjs/common';
import { PostingModule } from '../../billing/posting/posting.module.js';
import { QueriesModule } from '../../billing/queries/queries.module.js';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { PostingViews } from './posting-views.js';
import { PostingPagesController } from './postings.controller.js';

/** Needs a `ViewEngine` and `ShellViews` from global modules. */
@Module({
  imports: [ConnectionsModule, IdentityModule, PostingModule, QueriesModule],
  controllers: [PostingPagesController],
  providers: [PostingViews],
})
export class PostingPagesModule {}
