import type { ProgressView } from '../../shell/shell-view.js';
import type { SettingsFrame } from '../settings-view.js';
import type { DataFlows } from '../../../lifecycle/data-flows.js';

export interface Choice {
  value: string;
  label: string;
  selected: boolean;
}

export interface DryRunView {
  /** Says whether the periods shown are those that hold now. */
  isPresent: boolean;
  /** Civil days where the kind has a date of its own, instants elsewhere. */
  rows: { what: string; count: number; size: string; isCivil: boolean; oldest?: string; newest?: string }[];
  total: { count: number; size: string };
  kept: string[];
  /** Sent again by Save. */
  periods: { documentsYears: string; rawDays: number; logDays: number; auditYears: string };
}

/** What would be forgotten, counted. */
export interface ContentPreviewView {
  rows: { what: string; count: number; size: string }[];
  obstacles: string[];
}

export interface DataPage extends SettingsFrame {
  keepsContent: boolean;
  contentPreview?: ContentPreviewView;
  documents: Choice[];
  audit: Choice[];
  rawDays: number;
  logDays: number;
  problems: Readonly<Partial<Record<string, string>>>;
  dryRun?: DryRunView;
  running?: ProgressView;
  runs: { at: string; by: string; outcome: string; kept: string[] }[];
  holds: { id: string; subject: string; reason: string; by: string; at: string; liftedAt?: string; liftedBy?: string }[];
  typedHold: { scope: string; subject: string; reason: string };
  exporting?: ProgressView;
  exports: { id: string; at: string; by: string; outcome: string; href?: string; until?: string }[];
  people: { id: string; label: string }[];
  certificates: { href: string; subject: string; at: string }[];
  erasure?: { at: string; by: string; hasBegun: boolean; certificateHref: string };
  tenantName: string;
  graceDays: number;
}

export interface DataFlowsPage extends SettingsFrame, DataFlows {
  publicKey: string;
}

export interface CertificateFields {
  title: string;
  isGenuine: boolean;
  facts: { name: string; text: string }[];
  rows: { what: string; count: number }[];
  notes: string[];
  kept: string[];
  sha256: string;
  signature: string;
  jsonHref: string;
}

export type CertificatePage = SettingsFrame & CertificateFields;
