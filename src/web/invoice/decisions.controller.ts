import { Body, Delete, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Decisions, type ApprovalResult } from '../../billing/review/decisions.js';
import { UNDO_MS } from '../../domain/posting-policy.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { PageController } from '../http/page.js';
import { byId } from '../http/shapes.js';
import type { ToastView } from '../shell/shell-view.js';
import { DecisionAnswers } from './decision-answers.js';

const approval = z.object({ documentHash: z.string().regex(/^[0-9a-f]{64}$/) });
const rejection = z.object({ reason: z.string().trim().min(1).max(2_000) });

const UNDO_SECONDS = UNDO_MS / 1_000;

/** Approve, reject, and taking either back. */
@PageController('invoices/:id')
export class DecisionsController {
  constructor(
    private readonly decisions: Decisions,
    private readonly answers: DecisionAnswers,
  ) {}

  @Post('approval')
  @Requires('invoice.review')
  async approve(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: approval }) { documentHash }: z.infer<typeof approval>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.answers.decide(request, response, { caller, id, moveOn: true }, async () => {
      const result = await this.decisions.approve(caller, id, documentHash);
      return (number) => approvedToast(id, number, result);
    });
  }

  @Delete('approval')
  @Requires('invoice.review')
  async withdraw(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.answers.decide(request, response, { caller, id, moveOn: false }, async () => {
      await this.decisions.withdraw(caller, id);
      return (number) => ({ text: `The approval of ${number} was taken back.` });
    });
  }

  @Post('rejection')
  @Requires('invoice.review')
  async reject(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: rejection }) { reason }: z.infer<typeof rejection>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.answers.decide(request, response, { caller, id, moveOn: true }, async () => {
      await this.decisions.reject(caller, id, reason);
      return (number) => ({ text: `${number} rejected.`, undo: undo(`/invoices/${id}/rejection`) });
    });
  }

  @Post('reopening')
  @Requires('invoice.review')
  async putBack(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.reopen(caller, { id }, request, response);
  }

  @Delete('rejection')
  @Requires('invoice.review')
  async reopen(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.answers.decide(request, response, { caller, id, moveOn: false }, async () => {
      await this.decisions.reopen(caller, id);
      return (number) => ({ text: `${number} is back in review.` });
    });
  }
}

const WHAT_NEXT: Readonly<Record<ApprovalResult['posting'], string>> = {
  planned: 'It is sent in 10 seconds.',
  already: 'It is in the ledger already.',
  'no-ledger': 'Its location posts to no ledger yet.',
  'before-go-live': 'It is older than the first day of posting and is not sent.',
  'waits-for-reviewers': 'The other reviewers still have to approve.',
};

function approvedToast(id: string, number: string, { posting }: ApprovalResult): ToastView {
  return { text: `${number} approved. ${WHAT_NEXT[posting]}`, tone: 'good', undo: undo(`/invoices/${id}/approval`) };
}

function undo(href: string): NonNullable<ToastView['undo']> {
  return { href, seconds: UNDO_SECONDS, target: '#invoice' };
}
