import { Body, Delete, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { FlagDismissals } from '../../billing/review/flag-dismissals.js';
import { Reviewers } from '../../billing/review/reviewers.js';
import { Refusal } from '../../domain/refusal.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { StaffDirectory } from '../../identity/staff-directory.js';
import { Members } from '../../identity/members.js';
import { Requires } from '../../identity/requires.js';
import { isHtmx, pageAddress, sendHtml } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { byId } from '../http/shapes.js';
import { filterOfPage, invoiceHref } from '../inbox/inbox-address.js';
import { ShellViews } from '../shell/shell-view.js';
import { ViewEngine } from '../view-engine.js';
import { InvoiceViews } from './invoice-views.js';

const flagOfInvoice = z.object({ id: z.uuid(), flagId: z.uuid() });
const reviewerOfInvoice = z.object({ id: z.uuid(), reviewerId: z.uuid() });
const newReviewer = z.object({ email: z.string().max(254) });

/** What people do about flags and reviewers besides deciding. */
@PageController('invoices/:id')
export class ReviewController {
  constructor(
    private readonly flags: FlagDismissals,
    private readonly reviewers: Reviewers,
    private readonly members: Members,
    private readonly staff: StaffDirectory,
    private readonly invoices: InvoiceViews,
    private readonly shells: ShellViews,
    private readonly views: ViewEngine,
  ) {}

  @Post('flags/:flagId/dismissal')
  @Requires('invoice.review')
  async dismiss(
    @CurrentCaller() caller: Caller,
    @Param({ schema: flagOfInvoice }) { id, flagId }: z.infer<typeof flagOfInvoice>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.flags.set(caller, id, flagId, true);
    await this.sendPart(request, response, caller, id, 'flags');
  }

  @Delete('flags/:flagId/dismissal')
  @Requires('invoice.review')
  async restore(
    @CurrentCaller() caller: Caller,
    @Param({ schema: flagOfInvoice }) { id, flagId }: z.infer<typeof flagOfInvoice>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.flags.set(caller, id, flagId, false);
    await this.sendPart(request, response, caller, id, 'flags');
  }

  @Post('reviewers')
  @Requires('invoice.review')
  async ask(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: newReviewer }) { email }: z.infer<typeof newReviewer>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const isThem = (one: { email: string }) => one.email === email;
    const members = await this.members.list(caller.tenantId);
    // Whom the source lists may be asked before they are members, as its own routing does; they decide once they are in.
    const person = members.find(isThem) ?? (await this.staff.proposals(caller.tenantId)).people.find(isThem);
    if (!person)
      throw new Refusal('invalid', 'Only members of your company can review. Invite them under Settings, Members.', { field: 'email' });
    await this.reviewers.add(caller, id, { email: person.email, name: person.name });
    await this.sendPart(request, response, caller, id, undefined);
  }

  @Delete('reviewers/:reviewerId')
  @Requires('invoice.review')
  async takeOff(
    @CurrentCaller() caller: Caller,
    @Param({ schema: reviewerOfInvoice }) { id, reviewerId }: z.infer<typeof reviewerOfInvoice>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.reviewers.remove(caller, id, reviewerId);
    await this.sendPart(request, response, caller, id, undefined);
  }

  private async sendPart(request: Request, response: Response, caller: Caller, id: string, part: 'flags' | undefined): Promise<void> {
    const filter = filterOfPage(pageAddress(request));
    if (!isHtmx(request)) return response.redirect(303, invoiceHref(id, filter));
    const shell = await this.shells.of(request, { title: 'Invoice', section: 'invoices' });
    const invoice = await this.invoices.one(caller, shell, { id, filter });
    sendHtml(response, this.views.render('invoice', { shell, invoice }, { htmx: part }));
  }
}
