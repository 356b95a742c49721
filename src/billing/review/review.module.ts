import { Global, Module } from '@nestjs/common';
import { StandingApprovals } from '../invoices/standing-approvals.js';
import { CheckJob } from './check.job.js';
import { Decisions } from './decisions.js';
import { FlagDismissals } from './flag-dismissals.js';
import { FlagRepository } from './flag.repository.js';
import { LapsingApprovals } from './lapsing-approvals.js';
import { OpenReviews } from './open-reviews.js';
import { ReviewRepository } from './review.repository.js';
import { Reviewers } from './reviewers.js';

/** Global, because the stages that end approvals may not import this one: they ask for StandingApprovals. */
@Global()
@Module({
  providers: [
    CheckJob,
    Decisions,
    FlagDismissals,
    FlagRepository,
    OpenReviews,
    ReviewRepository,
    Reviewers,
    { provide: StandingApprovals, useClass: LapsingApprovals },
  ],
  exports: [Decisions, FlagDismissals, Reviewers, StandingApprovals],
})
export class ReviewModule {}
