import { Body, Delete, Get, Param, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { NO_LIMITS } from '../../domain/access.js';
import { may, PERMISSIONS, permissionsOf, ROLES, type Permission } from '../../domain/role.js';
import { ApiKeys, type WantedKey } from '../../identity/api-keys.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { roleLabel } from '../../identity/role-label.js';
import { refreshed, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { byId } from '../http/shapes.js';
import { Clock } from '../../platform/clock/clock.js';
import { limitFields, readLimits, typedAmounts, typedLimits } from './limits/limits-form.js';
import { LimitFieldsOf, limitsLine } from './limits/limits-presenter.js';
import { KEY_PERIODS, KEY_STATE_WORDS, periodChoices, presetChoices, scopeChoices, scopesInWords } from './key-words.js';
import { roleChoices } from './role-choices.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';
import type { ApiKeysPage } from './settings-view.js';

const DAY_MS = 24 * 3_600_000;
const HERE = '/settings/api-keys';
const keyForm = z.object({
  name: z.string().max(1_000).default(''),
  role: z.enum(ROLES),
  /** What was ticked; a form that names nothing asks for the preset. */
  preset: z.enum(['role', 'read', 'chosen']).default('role'),
  scope: z
    .union([z.enum(PERMISSIONS), z.array(z.enum(PERMISSIONS))])
    .default([])
    .transform((ticked) => [ticked].flat()),
  days: z.enum(KEY_PERIODS).default('365'),
  ...limitFields,
});

type KeyForm = z.infer<typeof keyForm>;

/** 'Read everything' is all the role lets one look at. */
function scopesOf({ preset, scope, role }: KeyForm): Permission[] | undefined {
  if (preset === 'role') return undefined;
  return preset === 'chosen' ? scope : permissionsOf(role).filter((permission) => permission.endsWith('.read'));
}

@PageController('settings/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly pages: SettingsPages,
    private readonly fields: LimitFieldsOf,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(@CurrentCaller() caller: Caller, @Req() request: Request): Promise<PageAnswer> {
    return await this.page(request, caller, {});
  }

  /** Answers with the page itself: the key stands on it and nowhere else, not even in an address. */
  @Post()
  @Requires('api_key.manage', { stepUp: true })
  async create(@CurrentCaller() caller: Caller, @Body({ schema: keyForm }) form: KeyForm, @Req() request: Request): Promise<PageAnswer> {
    try {
      const scopes = scopesOf(form);
      const expiresAt = this.clock.later(DAY_MS * Number.parseInt(form.days, 10));
      const wanted: WantedKey = { name: form.name, role: form.role, expiresAt, limits: readLimits(form), ...(scopes && { scopes }) };
      const { key: secret } = await this.keys.create(caller.tenantId, caller.actor, wanted);
      return await this.page(request, caller, { created: { name: wanted.name.trim(), secret } });
    } catch (error) {
      return await this.page(request, caller, { problem: problemFrom(error), form });
    }
  }

  @Delete(':id')
  @Requires('api_key.manage', { stepUp: true })
  async revoke(@CurrentCaller() caller: Caller, @Param({ schema: byId }) { id }: z.infer<typeof byId>): Promise<PageAnswer> {
    await this.keys.revoke(caller.tenantId, caller.actor, id);
    return refreshed(HERE);
  }

  private async page(
    request: Request,
    caller: Caller,
    { created, problem, form }: { created?: ApiKeysPage['created']; problem?: SettingsProblem; form?: KeyForm },
  ): Promise<PageAnswer> {
    const editable = may(caller, 'api_key.manage');
    const [frame, keys, limits] = await Promise.all([
      this.pages.frame(request, 'api-keys', { editable, problem: problem?.sentence }),
      this.keys.list(caller.tenantId),
      editable ? this.fields.limits(caller.tenantId, form ? typedLimits(form) : NO_LIMITS, true, form && typedAmounts(form)) : undefined,
    ]);
    const page: ApiKeysPage = {
      ...frame,
      ...(created && { created }),
      keys: keys.map(
        ({ id, name, prefix, role, createdAt, lastUsedAt, lastUsedFrom, createdBy, expiresAt, state, access, limits: kept }) => ({
          id,
          name,
          prefix,
          roleLabel: roleLabel(role),
          createdAt: createdAt.toISOString(),
          ...(lastUsedAt && { lastUsedAt: lastUsedAt.toISOString() }),
          ...(lastUsedFrom && { lastUsedFrom }),
          ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
          ...(state !== 'in_force' && { trouble: KEY_STATE_WORDS[state] }),
          scopes: scopesInWords(access.permissions, permissionsOf(role)),
          by: createdBy,
          ...limitsLine(kept),
        }),
      ),
      typedName: form?.name ?? '',
      typedRole: form?.role ?? 'read_only',
      roles: roleChoices(caller.role),
      presets: presetChoices(form?.preset ?? 'read'),
      periods: periodChoices(form?.days ?? '365'),
      scopes: scopeChoices(caller.permissions, form?.scope ?? []),
      ...(limits && { limits }),
    };
    return this.pages.view('api-keys', page, problem?.status);
  }
}
