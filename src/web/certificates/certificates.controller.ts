import { Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Public } from '../../identity/requires.js';
import { Certificates } from '../../lifecycle/erasure/certificates.js';
import { TenantErasure } from '../../lifecycle/erasure/tenant-erasure.js';
import { sendHtml } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { byId } from '../http/shapes.js';
import { certificateFields } from '../settings/data/certificate-presenter.js';
import { themeOf } from '../shell/theme.js';
import { ViewEngine } from '../view-engine.js';

const WHY = 'nobody of an erased company can sign in; the address cannot be guessed and was given to its owner';

/** What remains of a company that was erased. */
@PageController('certificates')
export class CertificatesController {
  constructor(
    private readonly tenants: TenantErasure,
    private readonly certificates: Certificates,
    private readonly views: ViewEngine,
  ) {}

  @Get(':id')
  @Public(WHY)
  async show(@Param({ schema: byId }) { id }: z.infer<typeof byId>, @Req() request: Request, @Res() response: Response): Promise<void> {
    const found = await this.tenants.certificate(id);
    const fields = certificateFields(found, this.certificates.isGenuine(found), `/certificates/${id}/json`);
    response.set('X-Robots-Tag', 'noindex');
    sendHtml(response, this.views.render('certificate', { shell: { title: fields.title, theme: themeOf(request) }, ...fields }));
  }

  @Get(':id/json')
  @Public(WHY)
  async json(@Param({ schema: byId }) { id }: z.infer<typeof byId>, @Res() response: Response): Promise<void> {
    const { body, sha256, signature } = await this.tenants.certificate(id);
    response.set('X-Robots-Tag', 'noindex').json({ body, sha256, signature });
  }
}
