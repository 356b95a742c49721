import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DocumentModule } from '../billing/document/document.module.js';
import { PostingModule } from '../billing/posting/posting.module.js';
import { ReadingModule } from '../billing/reading/reading.module.js';
import { ReviewModule } from '../billing/review/review.module.js';
import { CONTROLLERS } from './controllers.js';
import { OutsideRoutes } from './outside-routes.js';

/** /api/v1: the same services as the pages, as JSON. */
@Module({
  imports: [DiscoveryModule, DocumentModule, PostingModule, ReadingModule, ReviewModule],
  controllers: CONTROLLERS,
  providers: [OutsideRoutes],
})
export class ApiModule {}
