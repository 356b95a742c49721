import { Injectable } from '@nestjs/common';
import { BrandSettings } from '../../billing/documents/brand-settings.js';
import { RenderAhead } from '../../billing/documents/render-ahead.js';
import { ConnectionQuery } from '../../billing/queries/connection-query.js';
import { InboxQuery, type InboxItem } from '../../billing/queries/inbox-query.js';
import type { InvoiceDetail } from '../../billing/queries/invoice-detail.js';
import { may } from '../../domain/role.js';
import type { Caller } from '../../identity/caller.js';
import { ContentKeeping } from '../../lifecycle/content.js';
import { Clock } from '../../platform/clock/clock.js';
import { progressLines } from '../runs/run-progress.js';
import type { ProgressView, ShellView } from '../shell/shell-view.js';
import { checklistView, type ChecklistView } from './checklist-presenter.js';
import type { InboxFilter } from './inbox-address.js';
import { inboxRow, itemOf, listView, tabsView, type ListView, type InboxRow } from './list-presenter.js';
import { overviewView, type OverviewView } from './overview-presenter.js';
import type { InvoicePane } from '../invoice/invoice-presenter.js';
import type { BulkView } from './bulk-presenter.js';

export interface InboxPage {
  shell: ShellView;
  list: ListView;
  progress: ProgressView[];
  bulk?: BulkView;
  /** Beside the list: the open invoice, else the checklist until the first approval, else the overview. */
  invoice?: InvoicePane;
  checklist?: ChecklistView;
  overview?: OverviewView;
  unkept?: { sourceLabel?: string };
}

/** Answer to a decision: the next invoice (or the overview) takes the pane, the decided row and the counts change in place. */
export interface DecisionPart {
  shell: ShellView;
  invoice?: InvoicePane;
  checklist?: ChecklistView;
  overview?: OverviewView;
  /** Nothing is decided here, since no content is kept: what to do instead. */
  unkept?: { sourceLabel?: string };
  row?: InboxRow;
  list: Pick<ListView, 'tabs'>;
}

const PAGE = 50;
/** As many clean invoices as one consent takes. */
const CLEAN_AT_ONCE = 200;

interface WantedList {
  filter: InboxFilter;
  cursor?: string | undefined;
  currentId?: string | undefined;
  ticked?: readonly string[];
}

/** Gathers the list of invoices and what stands beside it while none is open. */
@Injectable()
export class InboxViews {
  constructor(
    private readonly inbox: InboxQuery,
    private readonly connections: ConnectionQuery,
    private readonly brand: BrandSettings,
    private readonly ahead: RenderAhead,
    private readonly content: ContentKeeping,
    private readonly clock: Clock,
  ) {}

  async list(caller: Caller, shell: ShellView, { filter, cursor, currentId, ticked = [] }: WantedList): Promise<ListView> {
    const [page, counts, sums] = await Promise.all([
      this.inbox.list(caller, { ...filter, limit: PAGE, ...(cursor !== undefined && { cursor }) }),
      this.inbox.counts(caller, filter.search),
      this.inbox.sums(caller, filter),
    ]);
    this.renderAhead(caller, page.items, currentId);
    const mayDecide = may(caller, 'invoice.review');
    return listView({ page, counts, sums, filter, mayDecide, currentId, ticked: new Set(ticked), sourceLabel: shell.source?.label });
  }

  async progress(caller: Caller): Promise<ProgressView[]> {
    return progressLines(await this.connections.list(caller), this.clock.now(), may(caller, 'sync.run'));
  }

  /** The checklist until the first approval, from then on the overview. */
  async beside(caller: Caller, shell: ShellView): Promise<Pick<DecisionPart, 'checklist' | 'overview' | 'unkept'>> {
    if (!(await this.content.isKept(caller.tenantId))) return { unkept: { ...(shell.source && { sourceLabel: shell.source.label }) } };
    const counts = await this.inbox.counts(caller);
    const approved = counts.approved + counts.posted + counts.settled;
    const checklist = checklistView({
      approved,
      invoices: counts.all,
      ...(approved > 0 ? { connections: [], brandIsSet: true } : await this.setUp(caller)),
    });
    if (checklist) return { checklist };
    const [withErrors, withWarnings, cleanCount, clean] = await Promise.all([
      this.inReview(caller, 'error'),
      this.inReview(caller, 'warning'),
      this.inReview(caller, 'none'),
      this.clean(caller),
    ]);
    const { refusedPostings } = shell.counts;
    const { label: sourceLabel } = shell.source ?? {};
    // Those that this person may not decide are no part of what is offered.
    const offered = clean.length < CLEAN_AT_ONCE ? clean.length : cleanCount;
    return { overview: overviewView({ counts, withErrors, withWarnings, clean, cleanCount: offered, refusedPostings, sourceLabel }) };
  }

  /** What a decision changed around the invoice: its row, where it is still shown, and the counts. */
  async around(
    caller: Caller,
    filter: InboxFilter,
    decided: InvoiceDetail,
    currentId: string | undefined,
  ): Promise<Pick<DecisionPart, 'list' | 'row'>> {
    const counts = await this.inbox.counts(caller, filter.search);
    return {
      list: { tabs: tabsView(filter, counts) },
      row: inboxRow(itemOf(decided), { filter, currentId, mayDecide: may(caller, 'invoice.review') }),
    };
  }

  private async setUp(caller: Caller): Promise<{ connections: Awaited<ReturnType<ConnectionQuery['list']>>; brandIsSet: boolean }> {
    const [connections, brand] = await Promise.all([this.connections.list(caller), this.brand.read(caller.tenantId)]);
    return { connections, brandIsSet: brand.version > 1 };
  }

  private async inReview(caller: Caller, flags: 'error' | 'warning' | 'none'): Promise<number> {
    const sums = await this.inbox.sums(caller, { tab: 'all', state: 'in_review', search: '', flags });
    return sums.reduce((all, { count }) => all + count, 0);
  }

  private async clean(caller: Caller): Promise<InboxItem[]> {
    if (!may(caller, 'invoice.review')) return [];
    const { items } = await this.inbox.list(caller, { tab: 'all', state: 'in_review', search: '', flags: 'none', limit: CLEAN_AT_ONCE });
    const forAll = may(caller, 'invoice.approve_for_all');
    return items.filter(
      ({ reviewers }) =>
        forAll || reviewers.length === 0 || reviewers.some(({ email, state }) => email === caller.email && state !== 'approved'),
    );
  }

  /** Whoever looks at a list opens its first rows, or the ones after the present. */
  private renderAhead(caller: Caller, items: readonly InboxItem[], currentId: string | undefined): void {
    const from = items.findIndex(({ id }) => id === currentId) + 1;
    const next = items.slice(from).filter(({ state, documentHash }) => state === 'in_review' && documentHash === undefined);
    this.ahead.askSoon(
      caller.tenantId,
      next.map(({ id }) => id),
    );
  }
}
