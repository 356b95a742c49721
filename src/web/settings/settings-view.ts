import type { Role } from '../../domain/role.js';
import type { ShellView } from '../shell/shell-view.js';

export type SettingsSection = 'brand' | 'members' | 'statuses' | 'codes' | 'api-keys' | 'general';

export interface SettingsFrame {
  shell: ShellView;
  sections: { key: SettingsSection; label: string; href: string; current: boolean }[];
  /** Shown after a save. */
  saved: boolean;
  /** A person without the right sees the values and no button. */
  editable: boolean;
}

export interface BrandPage extends SettingsFrame {
  brand: {
    name: string;
    addressLines: string;
    taxId: string;
    accent: string;
    footer: string;
    /** Address of the stored logo. */
    logoHref?: string;
  };
  problems: Readonly<Partial<Record<'name' | 'accent' | 'logo', string>>>;
}

export interface MembersPage extends SettingsFrame {
  members: {
    id: string;
    name: string;
    email: string;
    initials: string;
    role: Role;
    roleLabel: string;
    lastSeenAt?: string;
    you: boolean;
    removable: boolean;
  }[];
  invitations: { id: string; email: string; roleLabel: string; from: string; expiresAt: string }[];
  roles: { value: Role; label: string; help: string }[];
  problem?: string;
}

export interface StatusesPage extends SettingsFrame {
  source: { label: string };
  /** One row per event that may write a billing status. */
  rows: { key: string; label: string; help: string; options: { value: string; label: string; selected: boolean; note?: string }[] }[];
}

export interface CodesPage extends SettingsFrame {
  locations: { id: string; name: string; options: { value: string; label: string; selected: boolean }[] }[];
  ledgers: { label: string; href: string; missing: number }[];
}

export interface ApiKeysPage extends SettingsFrame {
  /** Shown this once; only its hash is kept. */
  created?: { name: string; secret: string };
  keys: { id: string; name: string; prefix: string; roleLabel: string; createdAt: string; lastUsedAt?: string; by: string }[];
  roles: { value: Role; label: string }[];
}

export interface GeneralPage extends SettingsFrame {
  name: string;
  timeZone: string;
  timeZones: string[];
  currency: string;
  /** Seconds between the final approval and sending. */
  postingDelaySeconds: number;
}
