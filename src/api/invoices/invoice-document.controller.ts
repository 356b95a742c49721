import { Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Documents } from '../../billing/documents/documents.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { ApiResource, Describe } from '../resource.js';
import { idParameter } from '../shapes.js';

@ApiResource('invoices')
export class InvoiceDocumentController {
  constructor(private readonly documents: Documents) {}

  @Get(':id/document.pdf')
  @Requires('invoice.read')
  @Describe({
    summary: 'The stored PDF; its ETag is the SHA-256 of the bytes, which is what an approval names',
    answers: { 200: 'application/pdf', 304: null },
    problems: [404],
  })
  async document(
    @CurrentCaller() caller: Caller,
    @Param({ schema: idParameter }) { id }: z.infer<typeof idParameter>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const document = await this.documents.present(caller.tenantId, id);
    // Another revision may have another document, so it is asked for each time and answered 304 while it is the same. Nothing on
    // the way keeps it: only the caller, who says by If-None-Match which bytes it holds.
    response.set({ ETag: `"${document.sha256}"`, 'Content-Disposition': `inline; filename="${id}.pdf"` });
    if (holds(request.headers['if-none-match'], document.sha256)) return void response.status(304).end();
    response.type('application/pdf').send(await this.documents.bytes(caller.tenantId, id, document.sha256));
  }
}

/** Without Express's own test for freshness: fetch sends Cache-Control: no-cache along, and the caller still has these bytes. */
function holds(ifNoneMatch: string | undefined, sha256: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${sha256}"`);
}
