import { Injectable } from '@nestjs/common';
import { review } from '../../domain/review/review.js';
import type { Finding } from '../../domain/review/rule.js';
import type { InvoiceContent } from '../../domain/invoice.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { JobHandler } from '../../jobs/job-handler.js';
import type { JobPayload } from '../../database/queues.js';
import { DataPolicyRepository } from '../../lifecycle/data-policy.repository.js';
import type { InvoiceEntity } from '../invoices/invoice.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

const CHUNK = 100;

type ToCheck = Pick<InvoiceEntity, 'id' | 'state' | 'context' | 'agreementExternalId' | 'date' | 'externalId'> & {
  content: InvoiceContent;
};

interface Previous {
  invoiceId: string;
  number: string;
  total: string;
  currency: string;
  date: string;
}

/** Runs the review rules over what intake brought, keeps dismissals, seeds the reviewers once, and opens the review. */
@Injectable()
export class CheckJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly policies: DataPolicyRepository,
    private readonly clock: Clock,
  ) {}

  @JobHandler('review.check')
  async check({ tenantId, id: connectionId }: JobPayload, signal: AbortSignal): Promise<void> {
    if (!(await this.tx.run(tenantId, () => this.policies.keepsContent()))) return;
    for (;;) {
      signal.throwIfAborted();
      if ((await this.tx.run(tenantId, () => this.chunk(connectionId))) < CHUNK) return;
    }
  }

  private async chunk(connectionId: string): Promise<number> {
    const invoices = await this.tx.query<ToCheck>(
      `select i.id, i.state, i.context, i.external_id as "externalId", i.agreement_external_id as "agreementExternalId", i.date, r.content
       from invoice i join invoice_revision r on r.tenant_id = i.tenant_id and r.id = i.revision_id
       where i.tenant_id = $1 and i.connection_id = $2 and i.check_wanted order by i.date, i.id limit $3 for update of i skip locked`,
      [this.tx.tenantId, connectionId, CHUNK],
    );
    if (invoices.length === 0) return 0;
    const previous = await this.previousOnAgreement(invoices.map((invoice) => invoice.id));
    const findings = invoices.flatMap((invoice) => {
      if (invoice.state === 'void' || invoice.state === 'skipped') return [];
      const before = previous.get(invoice.id);
      return review({ content: invoice.content, context: invoice.context, ...(before && { previousOnAgreement: before }) }).map(
        (finding) => ({ invoiceId: invoice.id, finding }),
      );
    });
    const ids = invoices.map((invoice) => invoice.id);
    await this.saveFlags(ids, findings);
    await this.seedReviewers(invoices.filter((invoice) => invoice.state === 'draft'));
    await this.tx.execute(
      `update invoice i set check_wanted = false, state = case when i.state = 'draft' then 'in_review' else i.state end, ${OPEN_COUNTS}
        where i.tenant_id = $1 and i.id = any($2)`,
      [this.tx.tenantId, ids],
    );
    return invoices.length;
  }

  private async previousOnAgreement(ids: readonly string[]): Promise<Map<string, Previous>> {
    const rows = await this.tx.query<Previous>(
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
  private async saveFlags(invoiceIds: readonly string[], found: readonly { invoiceId: string; finding: Finding }[]): Promise<void> {
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

  /** Once, from the PSA's routing; afterwards the list is ours and a removed reviewer is not added again. */
  private async seedReviewers(drafts: readonly ToCheck[]): Promise<void> {
    const reviewers = drafts.flatMap((invoice) =>
      invoice.context.routing
        .filter((person) => person.email)
        .map((person) => ({ id: uuidv7(), invoice_id: invoice.id, email: person.email.toLowerCase(), name: person.name })),
    );
    if (reviewers.length === 0) return;
    await this.tx.execute(
      `insert into reviewer (tenant_id, id, invoice_id, email, name)
       select $1, r.id, r.invoice_id, r.email, r.name from jsonb_to_recordset($2::jsonb) as r (id uuid, invoice_id uuid, email text,
         name text) on conflict do nothing`,
      [this.tx.tenantId, JSON.stringify(reviewers)],
    );
  }
}

/** The counts the inbox shows: flags that stand and that nobody marked as fine. */
export const OPEN_COUNTS = ['error', 'warning', 'info']
  .map(
    (severity) =>
      `open_${severity}s = (select count(*) from flag f where f.tenant_id = i.tenant_id and f.invoice_id = i.id
        and f.severity = '${severity}' and not f.gone and f.dismissed_at is null)`,
  )
  .join(', ');
