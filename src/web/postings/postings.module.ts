import { Module } from '@nestjs/common';
import { PostingModule } from '../../billing/posting/posting.module.js';
import { ReadingModule } from '../../billing/reading/reading.module.js';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { PostingViews } from './posting-views.js';
import { PostingPagesController } from './postings.controller.js';

/** Needs a `ViewEngine` and `ShellViews` from global modules. */
@Module({
  imports: [ConnectionsModule, IdentityModule, PostingModule, ReadingModule],
  controllers: [PostingPagesController],
  providers: [PostingViews],
})
export class PostingPagesModule {}
