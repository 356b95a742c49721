import type { ShellView } from '../shell/shell-view.js';
import { SETTINGS_SECTIONS, type SettingsFrame, type SettingsSection } from './settings-view.js';

const LABELS: Readonly<Record<SettingsSection, string>> = {
  brand: 'Brand',
  members: 'Members',
  statuses: 'Statuses',
  codes: 'Codes',
  'api-keys': 'API keys',
  data: 'Data',
  general: 'General',
};

/** What stands around every page of the settings. */
export function settingsFrame(
  shell: ShellView,
  section: SettingsSection,
  { editable, saved = false, problem }: { editable: boolean; saved?: boolean | undefined; problem?: string | undefined },
): SettingsFrame {
  return {
    shell,
    sections: SETTINGS_SECTIONS.map((key) => ({ key, label: LABELS[key], href: `/settings/${key}`, current: key === section })),
    saved,
    editable,
    editors: section === 'api-keys' || section === 'data' ? 'An owner' : 'An owner or admin',
    ...(problem !== undefined && { problem }),
  };
}

export function sectionLabel(section: SettingsSection): string {
  return LABELS[section];
}
