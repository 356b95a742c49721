import { Module } from '@nestjs/common';
import { CheckJob } from './check.job.js';
import { Decisions } from './decisions.js';
import { ReviewDesk } from './review-desk.js';

@Module({ providers: [CheckJob, Decisions, ReviewDesk], exports: [Decisions, ReviewDesk] })
export class ReviewModule {}
