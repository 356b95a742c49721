import { Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { PostingCommands } from '../billing/posting/posting-commands.js';
import { PostingQuery } from '../billing/queries/posting-query.js';
import { POSTING_STATES } from '../domain/posting-state.js';
import { CurrentCaller, type Caller } from '../identity/caller.js';
import { Requires } from '../identity/requires.js';
import { posting, idParameter, idSchema, listOf, paging } from './shapes.js';
import { ApiResource, Describe } from './resource.js';

const listQuery = z.strictObject({ state: z.enum(POSTING_STATES).optional(), connectionId: idSchema.optional(), ...paging });
const postings = listOf('Postings', posting);

@ApiResource('postings')
export class PostingsController {
  constructor(
    private readonly reading: PostingQuery,
    private readonly desk: PostingCommands,
  ) {}

  @Get()
  @Requires('posting.read')
  @Describe({ summary: 'Postings to other systems in every state; newest first', answers: { 200: postings }, problems: [422] })
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<z.infer<typeof postings>> {
    return await this.reading.list(caller, query);
  }

  @Post(':id/retry')
  @HttpCode(202)
  @Requires('posting.manage')
  @Describe({ summary: 'Retry a refused posting', answers: { 202: posting }, problems: [404, 409] })
  async retry(
    @CurrentCaller() caller: Caller,
    @Param({ schema: idParameter }) params: z.infer<typeof idParameter>,
  ): Promise<z.infer<typeof posting>> {
    await this.desk.retry(caller, params.id);
    return await this.reading.one(caller, params.id);
  }
}
