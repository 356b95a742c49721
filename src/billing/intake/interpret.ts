import { Injectable } from '@nestjs/common';
import { contentHash } from '../../domain/content-hash.js';
import type { Customer } from '../../domain/customer.js';
import { assertSums, SumsDisagree } from '../../domain/invoice-sums.js';
import type { SourceInvoice } from '../../domain/invoice.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { MappingProblem, type MapInvoice, type RawInvoice } from '../../ports/billing-source.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { IntakeInvoices, type InvoiceWrite, type KnownInvoice } from '../invoices/intake-invoices.repository.js';
import { VendorRecordRepository, type Interpretation, type WaitingRecord } from '../invoices/vendor-record.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { StandingApprovals } from '../invoices/standing-approvals.js';

/** Records read in one transaction. */
const CHUNK = 200;

interface Mapped {
  externalId: string;
  invoice: SourceInvoice;
  customer: Customer;
  hash: string;
}

export interface InterpretCounts {
  changed: number;
  setAside: number;
}

/** The second step of intake: raw records become invoices. Needs no vendor and can be run again at any time. */
@Injectable()
export class Interpret {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly records: VendorRecordRepository,
    private readonly invoices: IntakeInvoices,
    private readonly states: InvoiceRepository,
    private readonly approvals: StandingApprovals,
    private readonly audit: AuditLog,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Everything of this connection that waits; each chunk is one transaction. */
  async everything(tenantId: string, connectionId: string, map: MapInvoice): Promise<InterpretCounts> {
    const counts: InterpretCounts = { changed: 0, setAside: 0 };
    for (let size = CHUNK; ;) {
      const asked = size;
      try {
        const chunk = await this.tx.run(tenantId, () => this.chunk(connectionId, map, asked));
        counts.changed += chunk.changed;
        counts.setAside += chunk.setAside;
        if (chunk.read < asked) return counts;
      } catch (error) {
        if (!isUnstorable(error)) throw error;
        // One of them cannot be stored: its neighbours go on without it.
        if (asked === 1) counts.setAside += await this.tx.run(tenantId, () => this.quarantineFirst(connectionId, error));
        size = 1;
      }
    }
  }

  private async quarantineFirst(connectionId: string, error: Error): Promise<number> {
    const [first] = await this.records.waiting(connectionId, 1);
    if (!first) return 0;
    const problem = `The record cannot be stored: ${error.message}`;
    await this.records.interpreted(connectionId, [{ externalId: first.externalId, problem }], this.clock.now());
    return 1;
  }

  /** One chunk in the open transaction. */
  async chunk(connectionId: string, map: MapInvoice, size = CHUNK): Promise<InterpretCounts & { read: number }> {
    const waiting = await this.records.waiting(connectionId, size);
    if (waiting.length === 0) return { read: 0, changed: 0, setAside: 0 };
    const mapped: Mapped[] = [];
    const interpretations = waiting.map((record) => readRecord(record, map, mapped));
    const changed = await this.save(connectionId, mapped, 'draft');
    await this.records.interpreted(connectionId, interpretations, this.clock.now());
    if (mapped.length > 0) await this.jobs.enqueue('review.check', connectionId);
    return { read: waiting.length, changed, setAside: interpretations.filter((interpretation) => interpretation.problem).length };
  }

  /**
   * For a company that keeps no invoice content, in the open transaction: the raw record is not stored, and no reviewer
   * gets the invoice.
   */
  async passing(connectionId: string, invoices: readonly RawInvoice[], map: MapInvoice): Promise<InterpretCounts> {
    const mapped: Mapped[] = [];
    const read = invoices.map((raw) => ({ ...readRecord(raw, map, mapped), raw }));
    const changed = await this.save(connectionId, mapped, 'skipped');
    await this.records.passed(connectionId, read, this.clock.now());
    return { changed, setAside: read.filter(({ problem }) => problem !== undefined).length };
  }

  private async save(connectionId: string, read: readonly Mapped[], open: 'draft' | 'skipped'): Promise<number> {
    const purged = await this.invoices.purged(
      connectionId,
      read.map((entry) => entry.externalId),
    );
    const mapped = read.filter((entry) => !purged.has(entry.externalId));
    if (mapped.length === 0) return 0;
    const now = this.clock.now();
    const known = await this.invoices.known(
      connectionId,
      mapped.map((entry) => entry.externalId),
    );
    const customers = await this.invoices.saveCustomers(
      connectionId,
      mapped.map((entry) => entry.customer),
      now,
    );
    const writes = mapped
      .map((entry) => ({ entry, before: known.get(entry.externalId) }))
      .map(({ entry, before }) => decide(entry, before, customers, open));
    await this.invoices.insertRevisions(writes, now);
    await this.invoices.insertInvoices(
      connectionId,
      writes.filter((write) => write.state),
      now,
    );
    const existing = writes.filter((write) => !write.state);
    await this.invoices.refreshInvoices(existing, now);
    await this.states.transition(
      'content_kept_again',
      existing.filter((write) => write.opened).map((write) => write.id),
    );
    await this.tellOthers(existing);
    return writes.filter((write) => write.revision && !write.restored).length;
  }

  /** A new charge ends approvals and rejections of the old one; a charge that changed behind the books' back is recorded. */
  private async tellOthers(existing: readonly InvoiceWrite[]): Promise<void> {
    const revised = existing.filter((write) => write.revision && !write.restored);
    const current = revised.filter((write) => write.revision?.current);
    await this.approvals.lapse(
      current.map((write) => write.id),
      'The invoice changed after it was approved.',
    );
    for (const write of revised) {
      const action = write.revision?.current ? 'invoice.revised' : 'invoice.changed_after_posting';
      await this.audit.record(SYSTEM, {
        action,
        subject: { kind: 'invoice', id: write.id },
        after: { revision: write.revision?.number, total: write.invoice.content.total },
      });
    }
  }
}

function readRecord(record: Pick<WaitingRecord, 'externalId' | 'payload'>, map: MapInvoice, mapped: Mapped[]): Interpretation {
  try {
    const { invoice, customer } = map(record.payload);
    assertSums(invoice.content);
    mapped.push({ externalId: record.externalId, invoice, customer, hash: contentHash(invoice.content) });
    return { externalId: record.externalId };
  } catch (error) {
    if (error instanceof MappingProblem)
      return { externalId: record.externalId, problem: error.message, ...(error.field && { problemField: error.field }) };
    if (error instanceof SumsDisagree) return { externalId: record.externalId, problem: error.message, problemField: error.what };
    const words = error instanceof Error ? error.message : 'unknown cause';
    return { externalId: record.externalId, problem: `The record could not be read: ${words}` };
  }
}

function decide(entry: Mapped, before: KnownInvoice | undefined, customers: Map<string, string>, open: 'draft' | 'skipped'): InvoiceWrite {
  const customerId = customers.get(entry.customer.externalId);
  if (!customerId) throw new Error(`Customer ${entry.customer.externalId} was not saved`);
  const common = { invoice: entry.invoice, contentHash: entry.hash, customerId };
  if (!before) {
    // What was closed before we ever saw it is history: kept for reading, not put before reviewers.
    const state = entry.invoice.context.status.closed ? 'skipped' : open;
    return { ...common, id: uuidv7(), state, revision: { id: uuidv7(), number: 1, current: true } };
  }
  const known = { ...common, id: before.id };
  const isBack = open === 'draft' && before.isBare;
  const isSame = before.contentHash === entry.hash;
  if (isSame && !isBack) return known;
  const opened = isBack && before.state === 'skipped' && !entry.invoice.context.status.closed;
  const revision = { id: uuidv7(), number: before.revisionNumber + 1, current: isSame || !before.inLedger };
  return { ...known, revision, opened, restored: isSame };
}

/** The database says that a value is out of its range or against its rules (classes 22 and 23), as opposed to being away. */
export function isUnstorable(error: unknown): error is Error {
  const { code } = (error instanceof Error ? error : {}) as { code?: unknown };
  return typeof code === 'string' && /^2[23]/.test(code);
}
