import { Injectable } from '@nestjs/common';
import type { Decider, Review } from '../../domain/approval-decisions.js';
import type { InvoiceEvent } from '../../domain/invoice-state.js';
import { may } from '../../domain/role.js';
import type { Principal } from '../../database/audit/actor.js';
import type { InvoiceEntity } from '../invoices/invoice.entity.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { ReviewRepository, type ReviewChange } from './review.repository.js';

/** Reads what is decided about under the invoice's lock, and writes down what domain/approval-decisions.ts answered. */
@Injectable()
export class OpenReviews {
  constructor(
    private readonly invoices: InvoiceRepository,
    private readonly reviews: ReviewRepository,
  ) {}

  /** Everything else that is decided about this invoice waits until the transaction ends. @throws Refusal 'not_found' */
  async lock(invoiceId: string): Promise<{ invoice: InvoiceEntity; review: Review }> {
    const invoice = await this.invoices.lock(invoiceId);
    const review = (await this.reviews.reviews([invoiceId])).get(invoiceId);
    if (!review) throw new Error(`Invoice ${invoiceId} is locked and cannot be read`);
    return { invoice, review };
  }

  async lockAll(invoiceIds: readonly string[]): Promise<Map<string, Review>> {
    await this.invoices.lockAll(invoiceIds);
    return await this.reviews.reviews(invoiceIds);
  }

  async save(changes: readonly ReviewChange[]): Promise<void> {
    await this.reviews.save(changes);
    const moves = Map.groupBy(
      changes.filter(({ decided }) => decided.event !== undefined),
      ({ decided }) => decided.event,
    );
    for (const [event, moving] of moves) if (event) await this.move(event, moving);
  }

  private async move(event: InvoiceEvent, moving: readonly ReviewChange[]): Promise<void> {
    const moved = await this.invoices.transition(
      event,
      moving.map(({ invoiceId }) => invoiceId),
    );
    if (moved.length !== moving.length) throw new Error(`${moving.length - moved.length} locked invoices did not move with "${event}"`);
  }
}

/** Support staff of the operator may look and help, but their word about an invoice never counts. */
export function deciderOf(caller: Principal): Decider {
  const { actor, email } = caller;
  const isOfCompany = actor.kind === 'person' || actor.kind === 'api_key';
  return {
    id: `${actor.kind} ${actor.id}`,
    label: actor.label,
    email: isOfCompany ? email : undefined,
    mayApproveForAll: isOfCompany && may(caller, 'invoice.approve_for_all'),
  };
}
