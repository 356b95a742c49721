import { Body, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { PersonCopies, type PersonCopy } from '../../../lifecycle/export/person-copy.js';
import { PageController } from '../../http/page.js';
import { sendPersonCopy } from '../person-copy-file.js';
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
    @Res() response: Response,
  ): Promise<void> {
    await this.handOut(request, response, caller, () => this.copies.ofMember(caller, personId));
  }

  @Post('names/copy')
  @Requires('tenant.manage', { stepUp: true })
  async named(
    @CurrentCaller() caller: Caller,
    @Body({ schema: nameForm }) typed: z.infer<typeof nameForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.handOut(request, response, caller, () => this.copies.named(caller, typed));
  }

  private async handOut(request: Request, response: Response, caller: Caller, make: () => Promise<PersonCopy>): Promise<void> {
    let copy: PersonCopy;
    try {
      copy = await make();
    } catch (error) {
      return await this.data.send(request, response, caller, { problem: problemFrom(error) });
    }
    sendPersonCopy(response, copy);
  }
}
