import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { ConnectionQuery } from '../../billing/queries/connection-query.js';
import { PostingQuery } from '../../billing/queries/posting-query.js';
import { LimitWaits } from '../../connections/limit-waits.js';
import { may } from '../../domain/role.js';
import type { Caller } from '../../identity/caller.js';
import { Members } from '../../identity/members.js';
import { Clock } from '../../platform/clock/clock.js';
import type { ShellView } from '../shell/shell-view.js';
import { POSTING_TABS, type PostingAddress } from './posting-address.js';
import { postingsPage, type PostingsPage } from './postings-presenter.js';
import type { RunFacts } from './run-heads.js';

const PAGE = 50;

/** Gathers what the list of postings shows. */
@Injectable()
export class PostingViews {
  constructor(
    private readonly reading: PostingQuery,
    private readonly connections: ConnectionQuery,
    private readonly waits: LimitWaits,
    private readonly members: Members,
    private readonly clock: Clock,
  ) {}

  async page(
    caller: Caller,
    shell: ShellView,
    address: PostingAddress,
    more: { cursor?: string | undefined; problem?: string | undefined } = {},
  ): Promise<PostingsPage> {
    const { search } = address;
    const states = POSTING_TABS[address.tab];
    const mayManage = may(caller, 'posting.manage');
    const [page, counts, members, run] = await Promise.all([
      this.reading.list(caller, {
        search,
        limit: PAGE,
        ...(states && { states }),
        ...(more.cursor !== undefined && { cursor: more.cursor }),
      }),
      this.reading.counts(caller, undefined, search),
      mayManage ? this.members.list(caller.tenantId) : [],
      this.run(caller, shell),
    ]);
    const people = members.filter(({ role }) => role !== 'read_only').map(({ name }) => name);
    return postingsPage(shell, { page, counts, address, run, people, mayManage, now: this.clock.now(), problem: more.problem });
  }

  private async run(caller: Caller, shell: ShellView): Promise<RunFacts> {
    const { timeZone } = shell.tenant;
    const today = DateTime.fromJSDate(this.clock.now(), { zone: timeZone }).startOf('day').toJSDate();
    const [runs, connections, waits] = await Promise.all([
      this.reading.runs(caller, today),
      this.connections.list(caller),
      this.waits.until(caller.tenantId),
    ]);
    return { runs, connections, waits, timeZone, stopped: shell.postingStop !== undefined };
  }
}
