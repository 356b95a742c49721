import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { Interpret } from './interpret.js';
import { Passing } from './passing.js';
import { PullJob } from './pull.job.js';
import { SweepJob } from './sweep.job.js';

@Module({ imports: [ConnectionsModule], providers: [Interpret, Passing, PullJob, SweepJob], exports: [Interpret] })
export class IntakeModule {}
