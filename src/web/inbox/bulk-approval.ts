import { Injectable } from '@nestjs/common';
import { Documents } from '../../billing/documents/documents.js';
import { InvoiceQuery } from '../../billing/queries/invoice-query.js';
import { Decisions } from '../../billing/review/decisions.js';
import { Refusal } from '../../domain/refusal.js';
import type { Caller } from '../../identity/caller.js';
import { readConsent, sumText, type TickedConsent } from './bulk-consent.js';

/** As long as one answer may take; the rest follows in the next request. */
const SLICE_MS = 1_500;

export interface BulkResult {
  approved: number;
  /** Why some were left: sentence → how many. */
  left: Map<string, number>;
  /** Consents that were not reached in this slice. */
  remaining: string[];
}

/** Approves many invoices, each for exactly the document or sum that was ticked. One that cannot be does not stop its neighbours. */
@Injectable()
export class BulkApproval {
  constructor(
    private readonly reading: InvoiceQuery,
    private readonly documents: Documents,
    private readonly decisions: Decisions,
  ) {}

  /** @param startedAt milliseconds of a monotonic clock, for the slice's end */
  async approve(caller: Caller, values: readonly string[], now: () => number = () => performance.now()): Promise<BulkResult> {
    const result: BulkResult = { approved: 0, left: new Map(), remaining: [] };
    const until = now() + SLICE_MS;
    for (const [index, value] of values.entries()) {
      if (index > 0 && now() > until) return { ...result, remaining: values.slice(index) };
      const reason = await this.approveOne(caller, readConsent(value));
      if (reason === undefined) result.approved += 1;
      else result.left.set(reason, (result.left.get(reason) ?? 0) + 1);
    }
    return result;
  }

  /** @returns why it was left, as the end of 'Left 2: …' */
  private async approveOne(caller: Caller, consent: TickedConsent | undefined): Promise<string | undefined> {
    if (!consent) return 'ticked on a page that is too old';
    try {
      const invoice = await this.reading.one(caller, consent.invoiceId);
      if (invoice.state !== 'in_review') return 'no longer in review';
      if (invoice.flags.some(({ severity, dismissed }) => severity !== 'info' && !dismissed)) return 'with open errors or warnings';
      if ('sum' in consent && consent.sum !== sumText(invoice.total)) return 'changed since you ticked them';
      const { sha256 } = await this.documents.present(caller.tenantId, invoice.id);
      await this.decisions.approve(caller, invoice.id, 'documentHash' in consent ? consent.documentHash : sha256);
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) {
    if (error.kind === 'not_found') return 'gone';
    if (error.facts['aboveLimit'] === true) return 'above what you may approve';
    if (error.kind === 'forbidden') return 'that you do not review';
    return error.facts['documentHash'] === undefined ? 'approved by you already or decided by others' : 'changed since you ticked them';
  }
  if (error instanceof Error && error.name === 'PrintedTotalDiffers') return 'whose document could not be made';
  throw error;
}
