import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DocumentsModule } from '../billing/documents/documents.module.js';
import { PostingModule } from '../billing/posting/posting.module.js';
import { QueriesModule } from '../billing/queries/queries.module.js';
import { ReviewModule } from '../billing/review/review.module.js';
import { CONTROLLERS } from './controllers.js';
import { OutsideRoutes } from './outside-routes.js';

/** /api/v1: the same services as the pages, as JSON. */
@Module({
  imports: [DiscoveryModule, DocumentsModule, PostingModule, QueriesModule, ReviewModule],
  controllers: CONTROLLERS,
  providers: [OutsideRoutes],
})
export class ApiModule {}
