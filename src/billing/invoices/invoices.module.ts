import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { LiveInvoices } from './live-invoices.js';
import { QuarantinedRecords } from './quarantined-records.js';

/** What is asked of the source about single invoices. The repositories of this folder are offered everywhere; see RepositoriesModule. */
@Module({ imports: [ConnectionsModule], providers: [LiveInvoices, QuarantinedRecords], exports: [LiveInvoices, QuarantinedRecords] })
export class InvoicesModule {}
