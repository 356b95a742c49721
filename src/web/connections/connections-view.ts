import type { Link, ProgressView, ShellView, Tone } from '../shell/shell-view.js';

export interface HealthView {
  state: 'well' | 'attention' | 'broken' | 'paused' | 'running';
  icon: string;
  tone?: Tone;
  /** One sentence. */
  sentence: string;
}

/** Preview: documents are built and shown, nothing is sent. */
export type GoLiveView =
  | { state: 'live'; since: string }
  | {
      state: 'preview';
      /** First day whose invoices are sent, proposed. */
      proposedDate: string;
      readyCount: number;
      blockers: string[];
      goLiveHref: string;
    };

export interface ConnectionCard {
  id: string;
  href: string;
  connectorLabel: string;
  /** 'Reads invoices, writes payments back' */
  roleText: string;
  accountLabel: string;
  health: HealthView;
  missingPermissions: { permission: string; how: string }[];
  lastRun?: { at: string; text: string; tone?: Tone };
  nextRunAt?: string;
  intervalText: string;
  budget?: { used: number; limit: number; text: string };
  progress?: ProgressView;
  reconnectHref?: string;
  /** Present where a run can be asked for now. */
  runHref?: string;
  pausable: boolean;
  paused: boolean;
  goLive?: GoLiveView;
  /** Which locations post here. */
  locations: string[];
  /** Records that wait for somebody. */
  setAside: number;
}

export interface ConnectionsPage {
  shell: ShellView;
  /** What could not be done, and why. */
  problem?: string;
  cards: ConnectionCard[];
  /** Vendors that can be connected. */
  available: { label: string; roleText: string; href: string }[];
  stop: { stopped: boolean; by?: string; at?: string };
}

export interface RunRow {
  at: string;
  what: string;
  outcome: string;
  icon: string;
  tone?: Tone;
  read: number;
  changed: number;
  setAside: number;
  durationText: string;
}

export interface SetAsideRow {
  id: string;
  label: string;
  cause: string;
  field?: string;
  at: string;
  link?: Link;
}

export interface CodeMappingRow {
  key: string;
  label: string;
  help?: string;
  value: string;
  /** What it means to choose nothing. */
  none: string;
  options: { value: string; label: string; selected: boolean }[];
  problem?: string;
}

/** One choice among a vendor's things. */
export interface Choice {
  value: string;
  label: string;
  selected: boolean;
  note?: string;
}

/** Which ledger a location posts to. */
export interface LocationChoice {
  /** Name of the field, and what labels it by id. */
  field: string;
  name: string;
  options: Choice[];
}

/** Which billing status an event writes. */
export interface StatusChoice {
  key: string;
  label: string;
  help: string;
  options: Choice[];
}

export interface ScheduleView {
  /** Stands in the names of the fields. */
  kind: 'pull' | 'sweep' | 'post' | 'settle';
  label: string;
  minutes: number;
  least: number;
  most: number;
  paused: boolean;
  nextAt?: string;
}

export interface ConnectionPage {
  shell: ShellView;
  problem?: string;
  /** Shown after a save. */
  saved?: string;
  connection: ConnectionCard;
  runs: RunRow[];
  setAside: SetAsideRow[];
  /** Where they can be read again. */
  readAgainHref?: string;
  /** For ledgers. */
  mapping?: { categories: CodeMappingRow[]; taxes: CodeMappingRow[]; saveHref: string };
  /** For sources. */
  locations?: { rows: LocationChoice[]; saveHref: string };
  statuses?: { rows: StatusChoice[]; saveHref: string };
  schedule: { rows: ScheduleView[]; saveHref: string };
  /** Name here, check, disconnect. */
  upkeep: { name: string; nameHref: string; checkHref?: string; disconnectHref?: string };
}

export interface ConnectPage {
  shell: ShellView;
  connector: { key: string; label: string };
  step:
    | {
        kind: 'form';
        fields: {
          name: string;
          label: string;
          secret: boolean;
          help?: string;
          placeholder?: string;
          optional: boolean;
          value: string;
          problem?: string;
        }[];
      }
    | { kind: 'leave'; continueHref: string; what: string[] }
    | { kind: 'account'; action: string; accounts: { id: string; label: string; note?: string }[] };
  problem?: string;
}
