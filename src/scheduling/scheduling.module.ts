import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { JobWorker } from './job-worker.js';
import { Ticker } from './ticker.js';

@Module({ imports: [DiscoveryModule, ScheduleModule.forRoot()], providers: [JobWorker, Ticker], exports: [JobWorker, Ticker] })
export class SchedulingModule {}
