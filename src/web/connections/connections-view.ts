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
  paused: boolean;
  goLive?: GoLiveView;
  /** Which locations post here. */
  locations: string[];
}

export interface ConnectionsPage {
  shell: ShellView;
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
  options: { value: string; label: string; selected: boolean }[];
  problem?: string;
}

export interface ConnectionPage {
  shell: ShellView;
  connection: ConnectionCard;
  runs: RunRow[];
  setAside: SetAsideRow[];
  /** For ledgers. */
  mapping?: { categories: CodeMappingRow[]; taxes: CodeMappingRow[]; saveHref: string };
  schedule: { pullMinutes?: number; settleMinutes?: number; saveHref: string };
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
