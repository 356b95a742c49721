import type { SettingsFrame } from '../settings-view.js';

export interface AuditRow {
  id: string;
  /** ISO instant. */
  at: string;
  actor: string;
  /** Said where the actor is no person: 'API key', 'Countersign support'. */
  actorKind?: string;
  what: string;
  quote?: string;
  subject?: { label: string; href?: string };
  security: boolean;
  sourceIp?: string;
  changes: { field: string; before: string; after: string }[];
}

interface Choice {
  value: string;
  label: string;
  selected: boolean;
}

export interface AuditPage extends SettingsFrame {
  rows: AuditRow[];
  filter: { action: string; from: string; to: string; subjectId: string };
  people: Choice[];
  subjects: Choice[];
  categories: Choice[];
  actions: readonly string[];
  filtered: boolean;
  /** How the chain stands, in one sentence. */
  chain: { tone: 'good' | 'warning' | 'error'; text: string; at?: string };
  csvHref: string;
  jsonHref: string;
  /** Address of the following page. */
  next?: string;
}

export interface ActivityPage extends SettingsFrame {
  rows: AuditRow[];
  next?: string;
}
