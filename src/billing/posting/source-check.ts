import { Injectable } from '@nestjs/common';
import { Vendors } from '../../connections/vendors.js';
import { contentHash } from '../../domain/content-hash.js';
import { Clock } from '../../platform/clock/clock.js';
import { MappingProblem } from '../../ports/billing-source.js';
import type { SourceGlance } from '../../ports/billing-source.js';
import type { DueDocument } from '../outbox/due-posting.repository.js';
import { SyncRunRepository } from '../../jobs/sync-run.repository.js';
import { VendorRecordRepository } from '../invoices/vendor-record.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { StandingApprovals } from '../invoices/standing-approvals.js';

/** Directly before a batch goes: is each invoice at the PSA still the one that was approved? Those that are not leave and lapse. */
@Injectable()
export class SourceCheck {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vendors: Vendors,
    private readonly approvals: StandingApprovals,
    private readonly records: VendorRecordRepository,
    private readonly runs: SyncRunRepository,
    private readonly clock: Clock,
  ) {}

  /** One request for all, and a second one only for those that were touched since. */
  async unchanged(tenantId: string, documents: readonly DueDocument[], signal: AbortSignal): Promise<DueDocument[]> {
    const kept: DueDocument[] = [];
    for (const connectionId of new Set(documents.map((document) => document.sourceConnectionId))) {
      const mine = documents.filter((document) => document.sourceConnectionId === connectionId);
      kept.push(...(await this.ofConnection(tenantId, connectionId, mine, signal)));
    }
    return documents.filter((document) => kept.includes(document));
  }

  private async ofConnection(
    tenantId: string,
    connectionId: string,
    documents: readonly DueDocument[],
    signal: AbortSignal,
  ): Promise<DueDocument[]> {
    const { source, mapInvoice } = await this.vendors.source(tenantId, connectionId, signal);
    const glances = new Map(
      (await source.glance(documents.map((document) => document.sourceExternalId))).map((glance) => [glance.externalId, glance]),
    );
    const missing = documents.filter((document) => !glances.has(document.sourceExternalId));
    const reopened = documents.filter(
      (document) => document.context.status.closed && glances.get(document.sourceExternalId)?.closed === false,
    );
    const touched = documents.filter(
      (document) =>
        !missing.includes(document) && !reopened.includes(document) && wasTouched(document, glances.get(document.sourceExternalId)),
    );
    const fresh = touched.length > 0 ? await source.fetch(touched.map((document) => document.sourceExternalId)) : [];
    const hashes = new Map(fresh.map((raw) => [raw.externalId, hashOf(() => mapInvoice(raw.payload).invoice.content)]));
    const changed = touched.filter((document) => hashes.get(document.sourceExternalId) !== document.contentHash);
    await this.tx.run(tenantId, async () => {
      await this.records.store(connectionId, fresh, this.clock.now());
      await this.approvals.lapse(ids(missing), 'The invoice was deleted in the PSA after it was approved.');
      await this.approvals.lapse(ids(reopened), 'The invoice was reopened in the PSA after it was approved.');
      await this.approvals.lapse(ids(changed), 'The invoice was changed in the PSA after it was approved.');
      // What was just stored raw is interpreted by intake, which also brings the new revision before the reviewers.
      if (changed.length > 0) await this.runs.request(connectionId, 'pull', 'Check before sending');
    });
    const leaving = new Set([...missing, ...reopened, ...changed]);
    return documents.filter((document) => !leaving.has(document));
  }
}

function wasTouched(document: DueDocument, glance: SourceGlance | undefined): boolean {
  return glance?.updatedAt !== document.context.updatedAt;
}

/** An invoice that can no longer be understood is certainly not the one that was approved. */
function hashOf(read: () => Parameters<typeof contentHash>[0]): string {
  try {
    return contentHash(read());
  } catch (error) {
    if (error instanceof MappingProblem) return 'unreadable';
    throw error;
  }
}

function ids(documents: readonly DueDocument[]): string[] {
  return documents.map((document) => document.invoiceId);
}
