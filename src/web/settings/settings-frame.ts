import type { ShellView } from '../shell/shell-view.js';
import { SETTINGS_SECTIONS, type SettingsFrame, type SettingsSection } from './settings-view.js';

const LABELS: Readonly<Record<SettingsSection, string>> = {
  brand: 'Brand',
  members: 'Members',
  statuses: 'Statuses',
  codes: 'Codes',
  'api-keys': 'API keys',
  'sign-in': 'Sign-in',
  security: 'Security',
  account: 'Your account',
  identities: 'Your ways to sign in',
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
export function settingsFrame(
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

export function sectionLabel(section: SettingsSection): string {
  return LABELS[section];
}
