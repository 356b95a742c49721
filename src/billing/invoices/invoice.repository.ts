import { Injectable } from '@nestjs/common';
import { moveOf, type InvoiceEvent } from '../../domain/invoice-state.js';
import type { InvoiceContent } from '../../domain/invoice.js';
import { notFound } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import { lockInvoices } from './invoice-lock.repository.js';
import { InvoiceEntity } from './invoice.entity.js';
import { searchText } from '../../domain/search-text.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** The only writer of an invoice's state after intake inserted it. What may follow what stands in domain/invoice-state.ts. */
@Injectable()
export class InvoiceRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Holds the invoice until the transaction ends. @throws Refusal 'not_found' */
  async lock(id: string): Promise<InvoiceEntity> {
    const invoice = await this.tx
      .rows(InvoiceEntity)
      .findOne({ where: { tenantId: this.tx.tenantId, id }, lock: { mode: 'pessimistic_write' } });
    if (!invoice) throw notFound('This invoice');
    return invoice;
  }

  /** Holds them all, in an order that everybody keeps. */
  async lockAll(ids: readonly string[]): Promise<void> {
    await lockInvoices(this.tx, ids);
  }

  /** Those first seen before `before` that become void when the PSA has them no more: nothing of them is in a ledger. */
  async deletable(connectionId: string, before: Date): Promise<{ id: string; externalId: string; number: string }[]> {
    return await this.tx.query(
      `select id, external_id as "externalId", number from invoice
       where tenant_id = $1 and connection_id = $2 and state in ('draft', 'in_review', 'approved', 'rejected', 'skipped') and first_seen_at < $3`,
      [this.tx.tenantId, connectionId, before],
    );
  }

  /** From its first live posting on it is clear in which ledger an invoice is booked. */
  async fixLedger(id: string, ledgerConnectionId: string): Promise<void> {
    await this.tx.rows(InvoiceEntity).update({ tenantId: this.tx.tenantId, id }, { ledgerConnectionId });
  }

  async get(id: string): Promise<InvoiceEntity> {
    return await this.tx.rows(InvoiceEntity).findOneByOrFail({ tenantId: this.tx.tenantId, id });
  }

  /**
   * Moves those to which this can happen, in one statement, and leaves the others as they are. Answers the ids of those that
   * moved. What is in review again may go to another ledger than before.
   */
  async transition(event: InvoiceEvent, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const { from, to } = moveOf(event);
    const rows = await this.tx.query<{ id: string }>(
      `update invoice set state = $4, void_cause = $5, updated_at = $6,
              ledger_connection_id = case when $4 = 'in_review' then null else ledger_connection_id end,
              check_wanted = check_wanted and $4 <> 'void'
       where tenant_id = $1 and id = any($2) and state = any($3) returning id`,
      [this.tx.tenantId, ids, from, to, to === 'void' ? event : null, this.clock.now()],
    );
    return rows.map(({ id }) => id);
  }

  /** The review rules have looked at them: their flags are counted, and drafts are put before people. */
  async checked(ids: readonly string[]): Promise<void> {
    await this.countOpenFlags(ids, true);
    await this.transition('checked', ids);
  }

  /** What the inbox shows: flags that stand and that nobody marked as fine. */
  async countOpenFlags(ids: readonly string[], areChecked = false): Promise<void> {
    await this.tx.execute(
      `update invoice i set open_errors = n.errors, open_warnings = n.warnings, open_infos = n.infos,
              check_wanted = i.check_wanted and not $3
       from (select j.id, count(*) filter (where f.severity = 'error') as errors, count(*) filter (where f.severity = 'warning') as warnings,
                    count(*) filter (where f.severity = 'info') as infos
             from invoice j left join flag f on f.tenant_id = j.tenant_id and f.invoice_id = j.id and not f.gone and f.dismissed_at is null
             where j.tenant_id = $1 and j.id = any($2) group by j.id) n
       where i.tenant_id = $1 and i.id = n.id`,
      [this.tx.tenantId, ids, areChecked],
    );
  }

  /**
   * State and balance of posted invoices follow the money: settled when everything is paid or credited and the PSA was told,
   * posted again when money was taken back. Called in the transaction of whatever may have changed that.
   */
  async followMoney(ids: readonly string[]): Promise<void> {
    await this.lockAll(ids);
    const rows = await this.tx.query<{ id: string; done: boolean }>(
      `with money as (
         select j.id, coalesce(sum(s.amount) filter (where not s.removed), 0) as paid,
                coalesce(sum(s.amount) filter (where not s.removed), 0) >= abs(j.total) as covered,
                exists (select from posting p where p.tenant_id = j.tenant_id and p.invoice_id = j.id and p.operation = 'payment'
                  and p.state in ('planned', 'sending', 'unknown', 'refused')) as untold
         from invoice j left join settlement s on s.tenant_id = j.tenant_id and s.invoice_id = j.id
         where j.tenant_id = $1 and j.id = any($2) group by j.tenant_id, j.id, j.total
       )
       update invoice i set balance = case when i.total < 0 then i.total else i.total - money.paid end, updated_at = $3
       from money where i.tenant_id = $1 and i.id = money.id and i.state in ('posted', 'settled')
       returning i.id, money.covered and not money.untold as done`,
      [this.tx.tenantId, ids, this.clock.now()],
    );
    await this.transition(
      'settled',
      rows.filter(({ done }) => done).map(({ id }) => id),
    );
    await this.transition(
      'unsettled',
      rows.filter(({ done }) => !done).map(({ id }) => id),
    );
  }

  /**
   * While its document was in the ledger, a charge that changed in the PSA became a revision that nobody was asked about.
   * Now that the document is void the newest one counts, and the rules look at it.
   */
  async takeNewestRevision(id: string): Promise<void> {
    const { tenantId } = this.tx;
    const [newest] = await this.tx.query<{ id: string; content: InvoiceContent }>(
      'select id, content from invoice_revision where tenant_id = $1 and invoice_id = $2 order by number desc limit 1',
      [tenantId, id],
    );
    if (!newest) throw new Error(`Invoice ${id} has no revision`);
    const { content } = newest;
    const { number, type, typeLabel, date, dueDate, currency, subtotal, tax, total } = content;
    const search = searchText(number, content.customer.name);
    await this.tx.rows(InvoiceEntity).update(
      { tenantId, id },
      {
        number,
        search,
        type,
        typeLabel,
        date,
        dueDate,
        currency,
        subtotal,
        tax,
        total,
        customerName: content.customer.name,
        revisionId: newest.id,
        changedAfterPosting: false,
        checkWanted: true,
      },
    );
    await this.tx.execute(
      `update invoice i set balance = coalesce((i.context ->> 'balance')::numeric, i.total),
              location_external_id = coalesce(i.context #>> '{location,externalId}', i.location_external_id),
              agreement_external_id = i.context #>> '{agreement,externalId}',
              customer_id = coalesce((select c.id from customer c where c.tenant_id = i.tenant_id and c.connection_id = i.connection_id
                and c.external_id = i.context ->> 'customerExternalId'), i.customer_id)
       where i.tenant_id = $1 and i.id = $2`,
      [tenantId, id],
    );
  }
}
