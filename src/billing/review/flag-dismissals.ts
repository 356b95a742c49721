import { Injectable } from '@nestjs/common';
import { notFound } from '../../domain/refusal.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { ContentPolicy } from '../invoices/content-policy.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { FlagRepository } from './flag.repository.js';

/** "Mark as OK", and taking that back. It belongs to the record in the PSA, so that a new pull does not bring the flag back. */
@Injectable()
export class FlagDismissals {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly content: ContentPolicy,
    private readonly invoices: InvoiceRepository,
    private readonly flags: FlagRepository,
    private readonly audit: AuditLog,
  ) {}

  async set(caller: Principal, invoiceId: string, flagId: string, dismissed: boolean): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      await this.content.refuseWithoutContent();
      // Two people who mark two flags at once are both counted only because each waits for the other here.
      await this.invoices.lock(invoiceId);
      const flag = await this.flags.find(invoiceId, flagId);
      if (!flag) throw notFound('This flag');
      await this.flags.mark(flagId, dismissed ? caller.actor.label : null);
      await this.invoices.countOpenFlags([invoiceId]);
      await this.audit.record(caller.actor, {
        action: dismissed ? 'flag.dismissed' : 'flag.restored',
        subject: { kind: 'invoice', id: invoiceId },
        after: { rule: flag.rule, title: flag.title, target: flag.target },
      });
    });
  }
}
