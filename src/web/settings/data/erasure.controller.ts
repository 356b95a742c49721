import { Body, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { Certificates } from '../../../lifecycle/erasure/certificates.js';
import { PersonErasure } from '../../../lifecycle/erasure/person-erasure.js';
import { TenantErasure } from '../../../lifecycle/erasure/tenant-erasure.js';
import { refresh, sendHtml } from '../../http/htmx.js';
import { PageController } from '../../http/page.js';
import { byId } from '../../http/shapes.js';
import { ViewEngine } from '../../view-engine.js';
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
    private readonly views: ViewEngine,
  ) {}

  @Post('people')
  @Requires('tenant.manage', { stepUp: true })
  async erasePerson(
    @CurrentCaller() caller: Caller,
    @Body({ schema: personForm }) { personId }: z.infer<typeof personForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.certified(request, response, caller, () => this.people.member(caller, personId));
  }

  @Post('names')
  @Requires('tenant.manage', { stepUp: true })
  async eraseName(
    @CurrentCaller() caller: Caller,
    @Body({ schema: nameForm }) { kind, name, email }: z.infer<typeof nameForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.certified(request, response, caller, () => this.people.named(caller, kind, name, email));
  }

  @Get('certificates/:id')
  @Requires('tenant.manage')
  async certificate(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const row = await this.people.certificate(caller.tenantId, id);
    const signed = { body: row.body as { kind: string }, sha256: row.sha256, signature: row.signature };
    const fields = certificateFields(signed, this.certificates.isGenuine(signed), `${HERE}/certificates/${id}/json`);
    const frame = await this.pages.frame(request, 'data', { editable: true });
    sendHtml(response, this.views.render('settings/certificate', { ...frame, ...fields }));
  }

  @Get('certificates/:id/json')
  @Requires('tenant.manage')
  async certificateJson(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Res() response: Response,
  ): Promise<void> {
    const { body, sha256, signature } = await this.people.certificate(caller.tenantId, id);
    response.set('Content-Disposition', `attachment; filename="certificate-${id}.json"`).json({ body, sha256, signature });
  }

  @Post('erasure')
  @Requires('tenant.manage', { stepUp: true })
  async eraseTenant(
    @CurrentCaller() caller: Caller,
    @Body({ schema: tenantForm }) { name }: z.infer<typeof tenantForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    try {
      await this.tenants.request(caller, name);
    } catch (error) {
      return await this.data.send(request, response, caller, { problem: problemFrom(error) });
    }
    response.redirect(303, HERE);
  }

  @Delete('erasure')
  @Requires('tenant.manage')
  async keepTenant(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.tenants.cancel(caller);
    refresh(request, response, HERE);
  }

  private async certified(request: Request, response: Response, caller: Caller, erase: () => Promise<string>): Promise<void> {
    let id: string;
    try {
      id = await erase();
    } catch (error) {
      return await this.data.send(request, response, caller, { problem: problemFrom(error) });
    }
    response.redirect(303, `${HERE}/certificates/${id}`);
  }
}
