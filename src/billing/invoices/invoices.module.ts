import { Module } from '@nestjs/common';
import { InvoiceRepository } from './invoice.repository.js';

@Module({ providers: [InvoiceRepository], exports: [InvoiceRepository] })
export class InvoicesModule {}
