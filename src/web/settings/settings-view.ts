import type { Role } from '../../domain/role.js';
import type { Provider } from '../../identity/sign-in/confirmed.js';
import type { SignInRules, SignInMethod } from '../../identity/sign-in/sign-in-policy.js';
import type { LimitFields } from './limits/limits-view.js';
import type { ShellView } from '../shell/shell-view.js';
import type { LocationChoice, StatusChoice } from '../connections/mapping-choices.js';

/** The company's first, a person's own last. */
export const SETTINGS_SECTIONS = [
  'brand',
  'members',
  'statuses',
  'codes',
  'general',
  'api-keys',
  'sign-in',
  'security',
  'data',
  'audit',
  'support',
  'account',
  'identities',
  'account/activity',
] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

export interface SettingsFrame {
  shell: ShellView;
  sections: { key: SettingsSection; label: string; href: string; current: boolean }[];
  /** Shown after a save. */
  saved: boolean;
  /** A person without the right sees the values and no button. */
  editable: boolean;
  /** Who may change it, for those who may not: 'An owner or admin'. */
  editors: string;
  /** What was not saved, and why. */
  problem?: string;
}

/** Fields of the brand form that can be typed wrongly. */
type BrandField = 'sellerName' | 'accent' | 'logo';

export interface BrandPage extends SettingsFrame {
  /** Everywhere, and each location of the PSA; one is being edited. */
  scopes: { label: string; href: string; current: boolean }[];
  /** Id of the location that is edited; absent: everywhere. */
  location?: string;
  /** Kept text. In a location what is empty is as everywhere, and that stands in `inherited`. */
  brand: BrandFields;
  inherited: BrandFields;
  accent: string;
  /** Said where the accent is too light to be read: what text is printed in. */
  printedAccent?: string;
  /** Address of the stored logo. */
  logoHref?: string;
  /** What the sketch shows before the printed page is there. */
  sketch: { name: string; addressLines: string; accent: string; logoHref?: string };
  problems: Readonly<Partial<Record<BrandField, string>>>;
}

export interface BrandFields {
  sellerName: string;
  addressLines: string;
  taxIdLabel: string;
  taxId: string;
  phone: string;
  email: string;
  website: string;
  paymentInstructions: string;
  footer: string;
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
    /** The source says that they no longer work there. */
    inactive: boolean;
    /** What is less, or more, than the role, in words. */
    limits?: string;
  }[];
  /** Only owners give roles. */
  rolesEditable: boolean;
  invitations: {
    id: string;
    email: string;
    roleLabel: string;
    from: string;
    inactive: boolean;
    expiresAt: string;
    expired: boolean;
    withdrawable: boolean;
  }[];
  /** Whom the source lists and who is no member yet; absent for those who may not invite. */
  staff?: StaffSection;
  /** What was typed into the invitation and not taken. */
  typedEmail: string;
  /** Those that exist. */
  roles: RoleChoice[];
  /** Those that this person may invite to. */
  invitable: RoleChoice[];
}

export interface StaffSection {
  /** Absent before a source is connected. */
  source?: { label: string };
  /** False until it was asked for the first time. */
  wasRead: boolean;
  /** Why the list is empty or old, and what would open it. */
  notKnown?: string;
  people: { id: string; name: string; email: string; initials: string; invitable: boolean; why: string }[];
  invitableCount: number;
}

export interface RoleChoice {
  value: Role;
  label: string;
  help: string;
}

export interface StatusesPage extends SettingsFrame {
  /** Absent before a source is connected. */
  source?: { label: string };
  /** One row per event that may write a billing status. */
  rows: StatusChoice[];
}

export interface CodesPage extends SettingsFrame {
  locations: LocationChoice[];
  ledgers: { label: string; href: string; missing: number }[];
}

export interface ApiKeysPage extends SettingsFrame {
  /** Shown this once; only its hash is kept. */
  created?: { name: string; secret: string };
  keys: {
    id: string;
    name: string;
    prefix: string;
    roleLabel: string;
    /** In words what it may do. */
    scopes: string;
    /** Which invoices and amounts it is held to, in words. */
    limits?: string;
    createdAt: string;
    lastUsedAt?: string;
    /** The address it was last used from. */
    lastUsedFrom?: string;
    expiresAt?: string;
    /** Why it opens nothing, or soon will not. */
    trouble?: string;
    by: string;
  }[];
  /** What can be ticked for a new key. */
  scopes: { value: string; label: string; checked: boolean }[];
  presets: { value: string; label: string; selected: boolean }[];
  periods: { value: string; label: string; selected: boolean }[];
  /** What a new key is held to; absent for those who make none. */
  limits?: LimitFields;
  typedName: string;
  typedRole: Role;
  roles: RoleChoice[];
}

export interface GeneralPage extends SettingsFrame {
  name: string;
  timeZone: string;
  timeZones: string[];
  locales: { value: string; label: string; selected: boolean }[];
  currency: string;
  currencies: string[];
  problems: Readonly<Partial<Record<'name' | 'timeZone' | 'currency', string>>>;
}

export interface SignInRulesPage extends SettingsFrame {
  /** One that this installation has not set up is said to be missing, and can be allowed all the same. */
  ways: { value: SignInMethod; label: string; checked: boolean; missing: boolean }[];
  /** One in each line. */
  directories: string;
  googleDomains: string;
  problems: Readonly<Partial<Record<keyof SignInRules, string>>>;
}

export interface IdentitiesPage extends SettingsFrame {
  identities: {
    issuer: string;
    subject: string;
    key: Provider | 'email';
    label: string;
    email: string;
    linkedAt: string;
    lastUsedAt: string;
    /** It opened this session. */
    current: boolean;
    removable: boolean;
  }[];
  addable: { key: Provider; label: string; href: string }[];
}

export interface AccountPage extends SettingsFrame {
  /** Empty without one. */
  authenticatorSince: string;
  hasFactor: boolean;
  /** `lastUsedAt` is empty before its first use. */
  passkeys: { id: string; name: string; createdAt: string; lastUsedAt: string }[];
  codesLeft: number;
  /** Shown this once. */
  newCodes: string[];
  devices: { ref: string; name: string; ip: string; tenantName: string; createdAt: string; lastSeenAt: string; current: boolean }[];
}

export interface SecurityPage extends SettingsFrame {
  demands: { value: string; label: string; checked: boolean }[];
  idleMinutes: number;
  hours: number;
}
