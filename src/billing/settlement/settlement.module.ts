import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { ReadJob } from './read.job.js';
import { TellPsa } from './tell-psa.js';

@Module({ imports: [ConnectionsModule, InvoicesModule], providers: [ReadJob, TellPsa] })
export class SettlementModule {}
