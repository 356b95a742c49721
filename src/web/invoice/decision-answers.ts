import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { InboxQuery } from '../../billing/queries/inbox-query.js';
import { InvoiceQuery } from '../../billing/queries/invoice-query.js';
import { Reviewers } from '../../billing/review/reviewers.js';
import { Refusal } from '../../domain/refusal.js';
import type { Caller } from '../../identity/caller.js';
import { seeOther, view, type PageAnswer } from '../http/answers.js';
import { isHtmx, pageAddress } from '../http/htmx.js';
import { filterOfPage, inboxHref, invoiceHref } from '../inbox/inbox-address.js';
import { InboxViews, type DecisionPart } from '../inbox/inbox-views.js';
import { type ToastView, ShellViews } from '../shell/shell-view.js';
import { InvoiceViews } from './invoice-views.js';

export interface Deciding {
  caller: Caller;
  id: string;
  /** Whether the next invoice of the list follows, or the decided one stays. */
  moveOn: boolean;
}

/** Does the decision and answers with what comes next; a refusal is answered with the invoice as it is now and the reason. */
@Injectable()
export class DecisionAnswers {
  constructor(
    private readonly reading: InvoiceQuery,
    private readonly list: InboxQuery,
    private readonly reviewers: Reviewers,
    private readonly inbox: InboxViews,
    private readonly invoices: InvoiceViews,
    private readonly shells: ShellViews,
  ) {}

  /** @param decide answers with the toast for the invoice's number */
  async decide(
    request: Request,
    { caller, id, moveOn }: Deciding,
    decide: () => Promise<(number: string) => ToastView>,
  ): Promise<PageAnswer> {
    const filter = filterOfPage(pageAddress(request));
    // Asked before, because afterwards the invoice may have left the list.
    const place = moveOn ? await this.list.position(caller, filter, id) : undefined;
    const next = moveOn ? (place?.nextId ?? place?.previousId) : id;
    try {
      const toastOf = await decide();
      const { number } = await this.reading.one(caller, id);
      return await this.answer(request, { caller, id, next, toast: toastOf(number) });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === 'not_found' || !isHtmx(request)) throw error;
      const status = error.kind === 'conflict' ? 409 : 422;
      return await this.answer(request, { caller, id, next: id, toast: { text: error.message, tone: 'error' }, status });
    }
  }

  private async answer(
    request: Request,
    { caller, id, next, toast, status = 200 }: { caller: Caller; id: string; next: string | undefined; toast: ToastView; status?: number },
  ): Promise<PageAnswer> {
    const filter = filterOfPage(pageAddress(request));
    const href = next === undefined ? inboxHref(filter) : invoiceHref(next, filter);
    if (!isHtmx(request)) return seeOther(href);
    const shell = await this.shells.of(request, { title: 'Inbox', section: 'invoices', toasts: [toast] });
    if (next !== undefined) await this.reviewers.markViewed(caller, next);
    const beside: Pick<DecisionPart, 'invoice' | 'checklist' | 'overview'> =
      next === undefined
        ? await this.inbox.beside(caller, shell)
        : { invoice: await this.invoices.one(caller, shell, { id: next, filter }) };
    const around = await this.inbox.around(caller, filter, await this.reading.one(caller, id), next);
    return view('inbox/decision', { shell, ...beside, ...around }, { status, headers: { 'HX-Push-Url': href } });
  }
}
