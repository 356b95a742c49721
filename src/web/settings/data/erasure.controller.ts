import { Body, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { Certificates } from '../../../lifecycle/erasure/certificates.js';
import { PersonErasure } from '../../../lifecycle/erasure/person-erasure.js';
import { TenantErasure } from '../../../lifecycle/erasure/tenant-erasure.js';
import { refreshed, seeOther, view, type PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { byId } from '../../http/shapes.js';
import { problemFrom, SettingsPages } from '../settings-pages.js';
import { certificateFields } from './certificate-presenter.js';
import { DataPages } from './data-pages.js';

const HERE = '/settings/data';
const personForm = z.object({ personId: z.uuid() });
const nameForm = z.object({
  kind: z.enum(['person', 'contact']),
  name: z.string().max(1_000).default(''),
  email: z.string().max(1_000).default(''),
});
const tenantForm = z.object({ name: z.string().max(1_000).default('') });

/** The right to be forgotten, of one person and of the whole company. */
@PageController('settings/data')
export class ErasureController {
  constructor(
    private readonly people: PersonErasure,
    private readonly tenants: TenantErasure,
    private readonly certificates: Certificates,
    private readonly data: DataPages,
    private readonly pages: SettingsPages,
  ) {}

  @Post('people')
  @Requires('tenant.manage', { stepUp: true })
  async erasePerson(
    @CurrentCaller() caller: Caller,
    @Body({ schema: personForm }) { personId }: z.infer<typeof personForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.certified(request, caller, () => this.people.member(caller, personId));
  }

  @Post('names')
  @Requires('tenant.manage', { stepUp: true })
  async eraseName(
    @CurrentCaller() caller: Caller,
    @Body({ schema: nameForm }) { kind, name, email }: z.infer<typeof nameForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.certified(request, caller, () => this.people.named(caller, kind, name, email));
  }

  @Get('certificates/:id')
  @Requires('tenant.manage')
  async certificate(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    const row = await this.people.certificate(caller.tenantId, id);
    const signed = { body: row.body as { kind: string }, sha256: row.sha256, signature: row.signature };
    const fields = certificateFields(signed, this.certificates.isGenuine(signed), `${HERE}/certificates/${id}/json`);
    const frame = await this.pages.frame(request, 'data', { editable: true });
    return view('settings/certificate', { ...frame, ...fields });
  }

  @Get('certificates/:id/json')
  @Requires('tenant.manage')
  async certificateJson(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const { body, sha256, signature } = await this.people.certificate(caller.tenantId, id);
    response.set('Content-Disposition', `attachment; filename="certificate-${id}.json"`);
    return { body, sha256, signature };
  }

  @Post('erasure')
  @Requires('tenant.manage', { stepUp: true })
  async eraseTenant(
    @CurrentCaller() caller: Caller,
    @Body({ schema: tenantForm }) { name }: z.infer<typeof tenantForm>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      await this.tenants.request(caller, name);
    } catch (error) {
      return await this.data.view(request, caller, { problem: problemFrom(error) });
    }
    return seeOther(HERE);
  }

  @Delete('erasure')
  @Requires('tenant.manage')
  async keepTenant(@CurrentCaller() caller: Caller): Promise<PageAnswer> {
    await this.tenants.cancel(caller);
    return refreshed(HERE);
  }

  private async certified(request: Request, caller: Caller, erase: () => Promise<string>): Promise<PageAnswer> {
    let id: string;
    try {
      id = await erase();
    } catch (error) {
      return await this.data.view(request, caller, { problem: problemFrom(error) });
    }
    return seeOther(`${HERE}/certificates/${id}`);
  }
}
