import { Body, Param, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { ConnectionQuery, type ConnectionDetail } from '../../billing/queries/connection-query.js';
import { CodeMappings } from '../../connections/code-mappings.js';
import { ConnectionSettings, type ScheduleEdit } from '../../connections/settings.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import type { PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { anyQuery as anyForm, byId } from '../http/shapes.js';
import { codeEdits } from './code-choices.js';
import { ConnectionPages } from './connection-pages.js';
import { MappingForms } from './mapping-forms.js';
import { statusEdits } from './mapping-choices.js';
import { Refusal } from '../../domain/refusal.js';
import { scheduleRows } from './runs-presenter.js';

type Form = z.infer<typeof anyForm>;

/** What is mapped and when is looked: the forms on the page of a connection. Only what differs is changed. */
@PageController('connections/:id')
export class ConnectionFormsController {
  constructor(
    private readonly reading: ConnectionQuery,
    private readonly mappings: CodeMappings,
    private readonly forms: MappingForms,
    private readonly settings: ConnectionSettings,
    private readonly pages: ConnectionPages,
  ) {}

  @Post('mapping')
  @Requires('connection.manage')
  async mapCodes(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: anyForm }) form: Form,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const { mappings } = await this.reading.one(caller, id);
    const edits = codeEdits(form, mappings);
    return await this.pages.afterwards(
      request,
      caller,
      id,
      'codes',
      async () => edits.length > 0 && (await this.mappings.edit(caller, id, edits)),
    );
  }

  @Post('statuses')
  @Requires('connection.manage')
  async mapStatuses(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: anyForm }) form: Form,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const { mappings } = await this.reading.one(caller, id);
    const edits = statusEdits(form, mappings);
    return await this.pages.afterwards(
      request,
      caller,
      id,
      'statuses',
      async () => edits.length > 0 && (await this.mappings.edit(caller, id, edits)),
    );
  }

  @Post('locations')
  @Requires('connection.manage')
  async mapLocations(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: anyForm }) form: Form,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.pages.afterwards(request, caller, id, 'locations', () => this.forms.saveLocations(caller, form, id));
  }

  @Post('schedule')
  @Requires('connection.manage')
  async reschedule(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Body({ schema: anyForm }) form: Form,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.pages.afterwards(request, caller, id, 'schedule', async () => {
      const { schedules } = await this.reading.one(caller, id);
      await this.settings.reschedule(caller, id, scheduleEdits(form, schedules));
    });
  }
}

const wholeMinutes = z
  .string()
  .trim()
  .regex(/^\d{1,6}$/)
  .transform((text) => Number.parseInt(text, 10));

/**
 * What a form with fields '<kind>.minutes' and, where ticked, '<kind>.paused' changes. What is as it was is left out, so that
 * its next time does not move. @throws Refusal 'invalid'
 */
function scheduleEdits(form: Readonly<Record<string, unknown>>, schedules: ConnectionDetail['schedules']): ScheduleEdit[] {
  return scheduleRows(schedules, true).flatMap(({ kind, label, minutes, paused }): ScheduleEdit[] => {
    const typed = form[`${kind}.minutes`];
    if (typed === undefined) return [];
    const wanted = wholeMinutes.safeParse(typed);
    if (!wanted.success) throw new Refusal('invalid', `${label}: give a whole number of minutes.`, { field: kind });
    const pause = form[`${kind}.paused`] !== undefined;
    return [{ kind, ...(wanted.data !== minutes && { minutes: wanted.data }), ...(pause !== paused && { paused: pause }) }];
  });
}
