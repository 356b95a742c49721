import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { Interpret } from './interpret.js';
import { PullJob } from './pull.job.js';
import { PassThroughReading } from './pass-through.js';
import { StaffReading } from './staff-reading.js';
import { SweepJob } from './sweep.job.js';

@Module({
  imports: [ConnectionsModule],
  providers: [Interpret, PullJob, PassThroughReading, StaffReading, SweepJob],
  exports: [Interpret],
})
export class IntakeModule {}
