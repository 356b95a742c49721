import { Body, Get, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { PostingCommands } from '../../billing/posting/posting-commands.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { seeOther, view, type PageAnswer } from '../http/answers.js';
import { htmxTarget } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { anyQuery, byId, several } from '../http/shapes.js';
import { ShellViews } from '../shell/shell-view.js';
import { postingAddress, postingsHref } from './posting-address.js';
import { PostingViews } from './posting-views.js';
import { Refusal } from '../../domain/refusal.js';

const MOST_AT_ONCE = 200;
const listQuery = z.object({ cursor: z.string().max(500).optional(), retried: z.string().optional(), skipped: z.string().optional() });
const rowForm = z.record(z.string(), z.unknown()).default({});
const bulkForm = z.looseObject({ posting: several.pipe(z.array(z.uuid()).max(MOST_AT_ONCE)) });

type Form = z.infer<typeof rowForm>;

/** What was, is being and will be written elsewhere, and what people do about it. */
@PageController('postings')
export class PostingPagesController {
  constructor(
    private readonly desk: PostingCommands,
    private readonly postings: PostingViews,
    private readonly shells: ShellViews,
  ) {}

  @Get()
  @Requires('posting.read')
  async show(
    @CurrentCaller() caller: Caller,
    @Query({ schema: anyQuery }) query: z.infer<typeof anyQuery>,
    @Query({ schema: listQuery }) { cursor, retried, skipped }: z.infer<typeof listQuery>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const said = told(retried, 'tried again') ?? told(skipped, 'skipped');
    const shell = await this.shells.of(request, {
      title: 'Postings',
      section: 'postings',
      ...(said !== undefined && { toasts: [{ text: said }] }),
    });
    const part = htmxTarget(request) === 'posting-runs' ? 'runs' : undefined;
    return view('postings', await this.postings.page(caller, shell, postingAddress(query), { cursor }), { part });
  }

  @Post('retry')
  @Requires('posting.manage')
  async retryTicked(
    @CurrentCaller() caller: Caller,
    @Body({ schema: bulkForm }) form: z.infer<typeof bulkForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.answer(request, caller, form, 'retried', await forEach(form.posting, (id) => this.desk.retry(caller, id)));
  }

  @Post('skip')
  @Requires('posting.manage')
  async skipTicked(
    @CurrentCaller() caller: Caller,
    @Body({ schema: bulkForm }) form: z.infer<typeof bulkForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.answer(
      request,
      caller,
      form,
      'skipped',
      await forEach(form.posting, (id) => this.desk.skip(caller, id, leftOutBy(caller))),
    );
  }

  @Post(':id/retry')
  @Requires('posting.manage')
  async retry(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: rowForm }) form: Form,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.answer(request, caller, form, 'retried', await forEach([id], (one) => this.desk.retry(caller, one)));
  }

  @Post(':id/skip')
  @Requires('posting.manage')
  async skip(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: rowForm }) form: Form,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.answer(
      request,
      caller,
      form,
      'skipped',
      await forEach([id], (one) => this.desk.skip(caller, one, leftOutBy(caller))),
    );
  }

  @Post(':id/now')
  @Requires('posting.manage')
  async sendNow(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: rowForm }) form: Form,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.answer(request, caller, form, undefined, await forEach([id], (one) => this.desk.postNow(caller, one)));
  }

  /** The field is named after the row, since all rows stand in one form. */
  @Post(':id/assignment')
  @Requires('posting.manage')
  async assign(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: rowForm }) form: Form,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const to = z.string().trim().max(200).catch('').parse(form[`to.${id}`]);
    return await this.answer(
      request,
      caller,
      form,
      undefined,
      await forEach([id], (one) => this.desk.assign(caller, one, to === '' ? null : to)),
    );
  }

  /** Back to the list as it was, or the list with what could not be done. */
  private async answer(
    request: Request,
    caller: Caller,
    form: Form,
    verb: 'retried' | 'skipped' | undefined,
    outcome: BulkOutcome,
  ): Promise<PageAnswer> {
    const address = postingAddress(form);
    if (outcome.problems.length === 0)
      return seeOther(postingsHref(address, verb && outcome.done > 0 ? { [verb]: String(outcome.done) } : {}));
    const shell = await this.shells.of(request, { title: 'Postings', section: 'postings' });
    const problem = `${outcome.done > 0 ? `Done for ${outcome.done}. ` : ''}${outcome.problems.join(' ')}`;
    return view('postings', await this.postings.page(caller, shell, address, { problem }), { status: 409 });
  }
}

function leftOutBy(caller: Caller): string {
  return `Skipped by ${caller.actor.label}.`;
}

function told(count: string | undefined, what: string): string | undefined {
  if (count === undefined || !/^[1-9]\d{0,3}$/.test(count)) return undefined;
  return count === '1' ? `One posting is ${what}.` : `${count} postings are ${what}.`;
}

interface BulkOutcome {
  done: number;
  /** One sentence for each reason, with how many it met. */
  problems: string[];
}

/** Does the same to each, one after another: what cannot be done with one leaves its neighbours alone. */
async function forEach(ids: readonly string[], work: (id: string) => Promise<void>): Promise<BulkOutcome> {
  const refused = new Map<string, number>();
  let done = 0;
  for (const id of new Set(ids)) {
    try {
      await work(id);
      done += 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.set(error.message, (refused.get(error.message) ?? 0) + 1);
    }
  }
  return { done, problems: [...refused].map(([sentence, count]) => (count === 1 ? sentence : `${count}×: ${sentence}`)) };
}
