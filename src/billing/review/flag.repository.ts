import { Injectable } from '@nestjs/common';
import type { InvoiceContent } from '../../domain/invoice.js';
import type { Finding } from '../../domain/review/rule.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { FlagEntity } from './flag.entity.js';
import { type InvoiceEntity } from '../invoices/invoice.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** An invoice that the review rules have to look at. */
export type UncheckedInvoice = Pick<InvoiceEntity, 'id' | 'state' | 'context'> & { content: InvoiceContent };

/** The invoice before this one on the same agreement. */
export interface PreviousOnAgreement {
  invoiceId: string;
  number: string;
  total: string;
  currency: string;
  date: string;
}

/** What the review rules look at and what they found: the only writer of flags. */
@Injectable()
export class FlagRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Oldest first, and held; those that somebody else holds have their turn later. */
  async unchecked(connectionId: string, limit: number): Promise<UncheckedInvoice[]> {
    return await this.tx.query(
      `select i.id, i.state, i.context, r.content
       from invoice i join invoice_revision r on r.tenant_id = i.tenant_id and r.id = i.revision_id
       where i.tenant_id = $1 and i.connection_id = $2 and i.check_wanted order by i.date, i.id limit $3 for update of i skip locked`,
      [this.tx.tenantId, connectionId, limit],
    );
  }

  async previousOnAgreement(ids: readonly string[]): Promise<Map<string, PreviousOnAgreement>> {
    const rows = await this.tx.query<PreviousOnAgreement>(
      `select i.id as "invoiceId", p.number, p.total, p.currency, p.date from invoice i
       join lateral (select number, total, currency, date from invoice p
         where p.tenant_id = i.tenant_id and p.agreement_external_id = i.agreement_external_id and p.type = 'agreement'
           and p.date < i.date and p.state <> 'void'
         order by p.date desc limit 1) p on true
       where i.tenant_id = $1 and i.id = any($2) and i.type = 'agreement'`,
      [this.tx.tenantId, ids],
    );
    return new Map(rows.map((row) => [row.invoiceId, row]));
  }

  /** A flag whose cause is fixed is gone; one that comes back keeps the dismissal it had. */
  async saveFindings(invoiceIds: readonly string[], found: readonly { invoiceId: string; finding: Finding }[]): Promise<void> {
    const records = found.map(({ invoiceId, finding }) => ({
      id: uuidv7(),
      invoice_id: invoiceId,
      rule: finding.rule,
      severity: finding.severity,
      title: finding.title,
      message: finding.message,
      target: finding.target,
      line_key: finding.lineKey,
      link: finding.link,
      reveals_cost: finding.revealsCost,
    }));
    const parameters = [this.tx.tenantId, JSON.stringify(records)];
    const shape =
      'f (id uuid, invoice_id uuid, rule text, severity text, title text, message text, target text, line_key text, link text, reveals_cost boolean)';
    await this.tx.execute(
      `insert into flag (tenant_id, id, invoice_id, rule, severity, title, message, target, line_key, link, reveals_cost, created_at)
       select $1, f.id, f.invoice_id, f.rule, f.severity, f.title, f.message, f.target, f.line_key, f.link, f.reveals_cost, $3
         from jsonb_to_recordset($2::jsonb) as ${shape}
       on conflict (tenant_id, invoice_id, rule, target) do update set severity = excluded.severity, title = excluded.title, message = excluded.message,
         line_key = excluded.line_key, link = excluded.link, reveals_cost = excluded.reveals_cost, gone = false`,
      [...parameters, this.clock.now()],
    );
    await this.tx.execute(
      `update flag set gone = true where tenant_id = $1 and invoice_id = any($3) and not gone and not exists (
         select from jsonb_to_recordset($2::jsonb) as ${shape} where f.invoice_id = flag.invoice_id and f.rule = flag.rule and f.target = flag.target)`,
      [...parameters, invoiceIds],
    );
  }

  async find(invoiceId: string, id: string): Promise<FlagEntity | null> {
    return await this.tx.rows(FlagEntity).findOneBy({ tenantId: this.tx.tenantId, invoiceId, id });
  }

  /** @param by null: the mark is taken away again */
  async mark(id: string, by: string | null): Promise<void> {
    const dismissedAt = by === null ? null : this.clock.now();
    await this.tx.rows(FlagEntity).update({ tenantId: this.tx.tenantId, id }, { dismissedBy: by, dismissedAt });
  }
}
