import { Body, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { may, ROLES } from '../../domain/role.js';
import { ApiKeys } from '../../identity/api-keys.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { roleLabel } from '../../identity/role-label.js';
import { refresh } from '../http/htmx.js';
import { PageController } from '../http/page.js';
import { byId } from '../http/shapes.js';
import { roleChoices } from './role-choices.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';
import type { ApiKeysPage } from './settings-view.js';

const HERE = '/settings/api-keys';
const keyForm = z.object({ name: z.string().max(1_000).default(''), role: z.enum(ROLES) });

@PageController('settings/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly pages: SettingsPages,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.send(request, response, caller, {});
  }

  /** Answers with the page itself: the key stands on it and nowhere else, not even in an address. */
  @Post()
  @Requires('api_key.manage')
  async create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: keyForm }) wanted: z.infer<typeof keyForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    try {
      const { key: secret } = await this.keys.create(caller.tenantId, caller.actor, wanted);
      await this.send(request, response, caller, { created: { name: wanted.name.trim(), secret } });
    } catch (error) {
      await this.send(request, response, caller, { problem: problemFrom(error), typedName: wanted.name });
    }
  }

  @Delete(':id')
  @Requires('api_key.manage')
  async revoke(
    @CurrentCaller() caller: Caller,
    @Param({ schema: byId }) { id }: z.infer<typeof byId>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.keys.revoke(caller.tenantId, caller.actor, id);
    refresh(request, response, HERE);
  }

  private async send(
    request: Request,
    response: Response,
    caller: Caller,
    { created, problem, typedName = '' }: { created?: ApiKeysPage['created']; problem?: SettingsProblem; typedName?: string },
  ): Promise<void> {
    const [frame, keys] = await Promise.all([
      this.pages.frame(request, 'api-keys', { editable: may(caller, 'api_key.manage'), problem: problem?.sentence }),
      this.keys.list(caller.tenantId),
    ]);
    const page: ApiKeysPage = {
      ...frame,
      ...(created && { created }),
      keys: keys.map(({ id, name, prefix, role, createdAt, lastUsedAt, createdBy }) => ({
        id,
        name,
        prefix,
        roleLabel: roleLabel(role),
        createdAt: createdAt.toISOString(),
        ...(lastUsedAt && { lastUsedAt: lastUsedAt.toISOString() }),
        by: createdBy,
      })),
      typedName,
      roles: roleChoices(caller.role),
    };
    this.pages.send(response, 'api-keys', page, problem?.status);
  }
}
