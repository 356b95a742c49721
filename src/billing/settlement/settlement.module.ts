import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { ReadJob } from './read.job.js';
import { PaymentWriteBack } from './write-back.js';

@Module({ imports: [ConnectionsModule, InvoicesModule], providers: [ReadJob, PaymentWriteBack] })
export class SettlementModule {}
