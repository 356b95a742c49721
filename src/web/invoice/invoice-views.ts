import { Injectable } from '@nestjs/common';
import { InboxQuery } from '../../billing/queries/inbox-query.js';
import { InvoiceQuery } from '../../billing/queries/invoice-query.js';
import type { Caller } from '../../identity/caller.js';
import { StaffDirectory } from '../../identity/staff-directory.js';
import { Members } from '../../identity/members.js';
import { Clock } from '../../platform/clock/clock.js';
import type { InboxFilter, InvoiceViewKey } from '../inbox/inbox-address.js';
import type { ShellView } from '../shell/shell-view.js';
import { DocumentOpening, type DocumentView } from './document-opening.js';
import { invoiceView, type InvoicePane } from './invoice-presenter.js';

export interface WantedInvoice {
  id: string;
  filter: InboxFilter;
  view?: InvoiceViewKey;
}

/** Gathers what an invoice's pane shows. */
@Injectable()
export class InvoiceViews {
  constructor(
    private readonly reading: InvoiceQuery,
    private readonly inbox: InboxQuery,
    private readonly opening: DocumentOpening,
    private readonly members: Members,
    private readonly staff: StaffDirectory,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal 'not_found' */
  async one(caller: Caller, shell: ShellView, { id, filter, view = 'document' }: WantedInvoice): Promise<InvoicePane> {
    const invoice = await this.reading.one(caller, id);
    const [document, position, members, staff] = await Promise.all([
      invoice.unkept?.problem === undefined ? this.opening.open(caller.tenantId, invoice) : notToBeHad(invoice.unkept.problem),
      this.inbox.position(caller, filter, id),
      this.members.list(caller.tenantId),
      this.staff.proposals(caller.tenantId),
    ]);
    return invoiceView({
      invoice,
      document,
      caller,
      filter,
      view,
      position,
      colleagues: members.filter(({ role, email }) => role !== 'read_only' && !staff.inactive.has(email)),
      newcomers: staff.people.filter(({ email }) => !members.some((member) => member.email === email)),
      memberAddresses: new Set(members.map(({ email }) => email)),
      sourceLabel: shell.source?.label,
      homeCurrency: shell.tenant.currency,
      timeZone: shell.tenant.timeZone,
      postingStopped: shell.postingStop !== undefined,
      now: this.clock.now(),
    });
  }
}

function notToBeHad(why: string): DocumentView {
  return { state: 'not-kept', why };
}
