import { Body, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Decisions } from '../../billing/review/decisions.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { ApiResource, Describe } from '../resource.js';
import { idParameter, instantSchema, named, sha256Schema } from '../shapes.js';

const consent = z.strictObject({
  documentHash: sha256Schema,
  /** In place of all reviewers; for Owner and Admin. */
  forAll: z.boolean().default(false),
});
const reasoned = z.strictObject({ reason: z.string().trim().min(1).max(2_000) });
const consented = named(
  'ApprovalResult',
  z.object({
    final: z.boolean(),
    undoUntil: instantSchema,
    posting: z.enum(['planned', 'already', 'no-ledger', 'before-go-live', 'waits-for-reviewers']),
  }),
);

@ApiResource('invoices/:id')
export class InvoiceDecisionsController {
  constructor(private readonly decisions: Decisions) {}

  @Post('approval')
  @HttpCode(200)
  @Requires('invoice.review')
  @Describe({
    summary: 'Approve exactly the document with this hash; a stale one answers 409 with the present documentHash',
    answers: { 200: consented },
    problems: [404, 409],
  })
  async approve(
    @CurrentCaller() caller: Caller,
    @Param({ schema: idParameter }) { id }: z.infer<typeof idParameter>,
    @Body({ schema: consent }) { documentHash, forAll }: z.infer<typeof consent>,
  ): Promise<z.infer<typeof consented>> {
    const { final, undoUntil, posting } = await this.decisions.approve(caller, id, documentHash, forAll);
    return { final, undoUntil: undoUntil.toISOString(), posting };
  }

  @Delete('approval')
  @HttpCode(204)
  @Requires('invoice.review')
  @Describe({ summary: 'Withdraw the approval, as long as nothing was sent', answers: { 204: null }, problems: [404, 409] })
  async withdraw(@CurrentCaller() caller: Caller, @Param({ schema: idParameter }) { id }: z.infer<typeof idParameter>): Promise<void> {
    await this.decisions.withdraw(caller, id);
  }

  @Post('rejection')
  @HttpCode(204)
  @Requires('invoice.review')
  @Describe({ summary: 'Reject it with a reason', answers: { 204: null }, problems: [404, 409] })
  async reject(
    @CurrentCaller() caller: Caller,
    @Param({ schema: idParameter }) { id }: z.infer<typeof idParameter>,
    @Body({ schema: reasoned }) { reason }: z.infer<typeof reasoned>,
  ): Promise<void> {
    await this.decisions.reject(caller, id, reason);
  }

  @Post('reopening')
  @HttpCode(204)
  @Requires('invoice.review')
  @Describe({
    summary: 'Back into review: a rejected one, or one whose document was voided in the ledger and is to be approved and posted anew',
    answers: { 204: null },
    problems: [404, 409],
  })
  async reopen(@CurrentCaller() caller: Caller, @Param({ schema: idParameter }) { id }: z.infer<typeof idParameter>): Promise<void> {
    await this.decisions.reopen(caller, id);
  }
}
