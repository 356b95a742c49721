import { Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { notFound } from '../../../domain/refusal.js';
import { CurrentCaller, type Caller } from '../../../identity/caller.js';
import { Requires } from '../../../identity/requires.js';
import { Exports } from '../../../lifecycle/export/exports.js';
import { partial, refreshed, seeOther, type PageAnswer } from '../../http/answers.js';
import { PageController } from '../../http/page.js';
import { byId } from '../../http/shapes.js';
import { problemFrom } from '../settings-pages.js';
import { DataPages } from './data-pages.js';
import { exportProgress, isLive } from './data-presenter.js';

const HERE = '/settings/data';

@PageController('settings/data/exports')
export class ExportsController {
  constructor(
    private readonly exports: Exports,
    private readonly data: DataPages,
  ) {}

  @Post()
  @Requires('tenant.manage', { stepUp: true })
  async request(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    try {
      await this.exports.request(caller);
    } catch (error) {
      return await this.data.view(request, caller, { problem: problemFrom(error) });
    }
    return seeOther(HERE);
  }

  /** Only for whoever asked for it, and only for a day. */
  @Get(':id')
  @Requires('tenant.manage', { stepUp: true })
  async download(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Res() response: Response,
  ): Promise<void> {
    const { root, name, sha256 } = await this.exports.fetch(caller, id);
    const headers = {
      'Cache-Control': 'private, no-store',
      'Content-Disposition': `attachment; filename="countersign-export-${id}.zip"`,
      'X-Content-SHA256': sha256,
    };
    await new Promise<void>((done, fail) => {
      response.sendFile(name, { root, headers, dotfiles: 'allow', cacheControl: false }, (error?: Error) => (error ? fail(error) : done()));
    });
  }

  @Get(':id/progress')
  @Requires('tenant.manage')
  async progress(@CurrentCaller() caller: Caller, @Param({ schema: byId }) { id }: z.infer<typeof byId>): Promise<PageAnswer> {
    const one = (await this.exports.list(caller.tenantId)).find((row) => row.id === id);
    if (!one) throw notFound('This export');
    if (!isLive(one)) return refreshed(HERE);
    return partial('progress', exportProgress(one));
  }
}
