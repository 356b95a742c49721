import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AuditTicker } from './audit-ticker.js';
import { HeadExport } from './head-export.js';
import { JobWorker } from './job-worker.js';
import { Ticker } from './ticker.js';

@Module({
  imports: [DiscoveryModule, ScheduleModule.forRoot()],
  providers: [JobWorker, Ticker, AuditTicker, HeadExport],
  exports: [JobWorker, Ticker, AuditTicker],
})
export class JobsModule {}
