import { Body, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { PersonCopies, type PersonCopy } from '../../../lifecycle/export/person-copy.js';
import type { PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { PersonCopyFile } from '../person-copy-file.js';
import { problemFrom } from '../settings-pages.js';
import { DataPages } from './data-pages.js';

const memberForm = z.object({ personId: z.uuid() });
const nameForm = z.object({ name: z.string().max(1_000).default(''), email: z.string().max(1_000).default('') });

/** For an owner who answers somebody that asks what is held about them. By forms: handing it out is recorded. */
@PageController('settings/data')
export class PersonCopyController {
  constructor(
    private readonly copies: PersonCopies,
    private readonly data: DataPages,
  ) {}

  @Post('people/copy')
  @Requires('tenant.manage', { stepUp: true })
  async ofMember(
    @CurrentCaller() caller: Caller,
    @Body({ schema: memberForm }) { personId }: z.infer<typeof memberForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.handOut(request, caller, () => this.copies.ofMember(caller, personId));
  }

  @Post('names/copy')
  @Requires('tenant.manage', { stepUp: true })
  async named(
    @CurrentCaller() caller: Caller,
    @Body({ schema: nameForm }) typed: z.infer<typeof nameForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.handOut(request, caller, () => this.copies.named(caller, typed));
  }

  private async handOut(request: Request, caller: Caller, make: () => Promise<PersonCopy>): Promise<PageAnswer> {
    let copy: PersonCopy;
    try {
      copy = await make();
    } catch (error) {
      return await this.data.view(request, caller, { problem: problemFrom(error) });
    }
    return new PersonCopyFile(copy);
  }
}
