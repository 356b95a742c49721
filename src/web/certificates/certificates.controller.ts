import { Get, Header, Param, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import { Public } from '../../identity/requires.js';
import { Certificates } from '../../lifecycle/erasure/certificates.js';
import { TenantErasure } from '../../lifecycle/erasure/tenant-erasure.js';
import type { StoredCertificate } from '../../lifecycle/erasure/erasure.repository.js';
import { view, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { byId } from '../http/shapes.js';
import { certificateFields } from '../settings/data/certificate-presenter.js';
import { themeOf } from '../shell/theme.js';

const WHY = 'nobody of an erased company can sign in; the address cannot be guessed and was given to its owner';

const NOT_FOR_SEARCH = { 'X-Robots-Tag': 'noindex' };

/** What remains of a company that was erased. */
@PageController('certificates')
export class CertificatesController {
  constructor(
    private readonly tenants: TenantErasure,
    private readonly certificates: Certificates,
  ) {}

  @Get(':id')
  @Public(WHY)
  async show(@Param({ schema: byId }) { id }: z.infer<typeof byId>, @Req() request: Request): Promise<PageAnswer> {
    const found = await this.tenants.certificate(id);
    const fields = certificateFields(found, this.certificates.isGenuine(found), `/certificates/${id}/json`);
    return view('certificate', { shell: { title: fields.title, theme: themeOf(request) }, ...fields }, { headers: NOT_FOR_SEARCH });
  }

  @Get(':id/json')
  @Public(WHY)
  @Header('X-Robots-Tag', 'noindex')
  async json(@Param({ schema: byId }) { id }: z.infer<typeof byId>): Promise<Pick<StoredCertificate, 'body' | 'sha256' | 'signature'>> {
    const { body, sha256, signature } = await this.tenants.certificate(id);
    return { body, sha256, signature };
  }
}
