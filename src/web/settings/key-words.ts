import { PERMISSIONS, type Permission } from '../../domain/role.js';
import type { ListedKey } from '../../identity/api-keys.js';

export const KEY_STATE_WORDS: Readonly<Record<Exclude<ListedKey['state'], 'in_force'>, string>> = {
  expires_soon: 'Expires within 14 days. Make a new one and exchange it.',
  expired: 'Expired: it opens nothing.',
  creator_gone: 'Stopped: who made it is no member any more.',
  creator_has_less: 'Stopped: who made it may no longer do all of this.',
};

const LABELS: Readonly<Record<Permission, string>> = {
  'invoice.read': 'Read invoices',
  'cost.read': 'See cost and margin',
  'invoice.review': 'Review and approve',
  'invoice.approve_for_all': 'Approve without the other reviewers',
  'posting.read': 'Read postings',
  'posting.manage': 'Post, retry and skip',
  'connection.read': 'Read connections',
  'connection.manage': 'Manage connections',
  'settings.read': 'Read settings',
  'settings.manage': 'Change settings',
  'member.manage': 'Manage members',
  'sync.run': 'Start a sync',
  'audit.read': 'Read the audit log',
  'api_key.manage': 'Manage API keys',
  'tenant.manage': 'Manage the company',
};

export function scopesInWords(held: readonly Permission[], ofRole: readonly Permission[]): string {
  if (held.length === ofRole.length) return 'Everything of the role';
  return held.map((permission) => LABELS[permission]).join(', ') || 'Nothing';
}

/** Nobody is offered more than they have. */
export function scopeChoices(
  own: readonly Permission[],
  ticked: readonly Permission[],
): { value: string; label: string; checked: boolean }[] {
  return PERMISSIONS.filter((permission) => own.includes(permission)).map((value) => ({
    value,
    label: LABELS[value],
    checked: ticked.includes(value),
  }));
}

const KEY_PRESETS = { read: 'Read everything', chosen: 'What is ticked below', role: 'Everything of the role' } as const;
type KeyPreset = keyof typeof KEY_PRESETS;

export function presetChoices(wanted: KeyPreset): { value: KeyPreset; label: string; selected: boolean }[] {
  return (['read', 'chosen', 'role'] as const).map((value) => ({ value, label: KEY_PRESETS[value], selected: value === wanted }));
}

/** Days until a key ends. */
export const KEY_PERIODS = ['30', '90', '365'] as const;
type KeyPeriod = (typeof KEY_PERIODS)[number];
const PERIOD_LABELS: Readonly<Record<KeyPeriod, string>> = { '30': 'In 30 days', '90': 'In 90 days', '365': 'In a year' };

export function periodChoices(wanted: KeyPeriod): { value: KeyPeriod; label: string; selected: boolean }[] {
  return KEY_PERIODS.map((value) => ({ value, label: PERIOD_LABELS[value], selected: value === wanted }));
}
