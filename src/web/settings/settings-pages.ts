import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Refusal } from '../../domain/refusal.js';
import { IdentityRefusal } from '../../identity/identity-refusal.js';
import type { Pages } from '../pages.js';
import { ShellViews, type ShellView } from '../shell/shell-view.js';
import { view, type PageAnswer } from '../http/answers.js';
import { type SettingsFrame, type SettingsSection, SETTINGS_SECTIONS } from './settings-view.js';

/** Why something was not saved, for the page that asked. */
export interface SettingsProblem {
  status: number;
  sentence: string;
  /** The field that is wrong, where one is. */
  field?: string;
}

/** The pages of the settings, each in its frame. */
@Injectable()
export class SettingsPages {
  constructor(private readonly shells: ShellViews) {}

  async frame(
    request: Request,
    section: SettingsSection,
    options: { editable: boolean; problem?: string | undefined },
  ): Promise<SettingsFrame> {
    const shell = await this.shells.of(request, { title: sectionLabel(section), section: 'settings' });
    return settingsFrame(shell, section, { ...options, saved: options.problem === undefined && request.query['saved'] === 'yes' });
  }

  view<S extends SettingsSection>(section: S, page: Pages[`settings/${S}`], status?: number): PageAnswer {
    return view(`settings/${section}`, page, { status });
  }
}

/** @throws whatever else went wrong: that is for the page of errors */
export function problemFrom(error: unknown): SettingsProblem {
  if (error instanceof IdentityRefusal) {
    const status =
      error.reason === 'owner_only'
        ? 403
        : error.reason === 'not_found'
          ? 404
          : ['last_owner', 'last_identity', 'in_use', 'would_lock_out'].includes(error.reason)
            ? 409
            : 422;
    return { status, sentence: error.message, ...(error.field !== undefined && { field: error.field }) };
  }
  if (!(error instanceof Refusal) || error.kind === 'not_found') throw error;
  const { field } = error.facts;
  const status = error.kind === 'conflict' ? 409 : error.kind === 'unavailable' ? 503 : 422;
  return { status, sentence: error.message, ...(typeof field === 'string' && { field }) };
}

const LABELS: Readonly<Record<SettingsSection, string>> = {
  brand: 'Brand',
  members: 'Members',
  statuses: 'Invoice statuses',
  codes: 'Account mapping',
  'api-keys': 'API keys',
  'sign-in': 'Sign-in',
  security: 'Security',
  account: 'Your account',
  identities: 'Sign-in methods',
  data: 'Data',
  general: 'General',
  audit: 'Audit log',
  support: 'Support access',
  'account/activity': 'Your activity',
};

/** Those that do not lie at their key. */
const ADDRESSES: Readonly<Partial<Record<SettingsSection, string>>> = { identities: '/settings/account/identities' };
const OWNERS_ALONE: readonly SettingsSection[] = ['api-keys', 'sign-in', 'support', 'data', 'security'];

/** What stands around every page of the settings. */
function settingsFrame(
  shell: ShellView,
  section: SettingsSection,
  { editable, saved = false, problem }: { editable: boolean; saved?: boolean | undefined; problem?: string | undefined },
): SettingsFrame {
  return {
    shell,
    sections: SETTINGS_SECTIONS.filter((key) => key !== 'audit' || shell.permissions.includes('audit.read')).map((key) => ({
      key,
      label: LABELS[key],
      href: ADDRESSES[key] ?? `/settings/${key}`,
      current: key === section,
    })),
    saved,
    editable,
    editors: OWNERS_ALONE.includes(section) ? 'An owner' : 'An owner or admin',
    ...(problem !== undefined && { problem }),
  };
}

function sectionLabel(section: SettingsSection): string {
  return LABELS[section];
}
