import type { AuditItem } from '../../../billing/queries/audit-query.js';
import { auditWords } from '../../../billing/queries/audit-words.js';
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

const ACTOR_KINDS: Readonly<Partial<Record<AuditItem['actor']['kind'], string>>> = { api_key: 'API key', operator: 'Countersign support' };
const SUBJECTS: Readonly<Record<string, string>> = {
  invoice: 'Invoice',
  posting: 'Posting',
  connection: 'Connection',
  person: 'Person',
  invitation: 'Invitation',
  api_key: 'API key',
  brand: 'Brand',
  tenant: 'Company',
  support_grant: 'Support access',
};

/** Words of ours for an alarm that a person can understand and act on. */
const ALARM_SECONDS = 60;

interface ChainFacts {
  sealedAt: Date | null;
  verifiedAt: Date | null;
  problem: string | null;
  waiting: number;
  longestWait: number;
}

export function subjectChoices(selected: string | undefined): AuditPage['subjects'] {
  return [
    { value: '', label: 'Anything', selected: selected === undefined },
    ...Object.entries(SUBJECTS).map(([value, label]) => ({ value, label, selected: value === selected })),
  ];
}

export function auditRow(item: AuditItem, numbers: ReadonlyMap<string, string>): AuditRow {
  const kind = ACTOR_KINDS[item.actor.kind];
  return {
    id: item.id,
    at: item.at,
    actor: item.actor.label,
    ...(kind !== undefined && { actorKind: kind }),
    ...auditWords(item),
    ...subjectOf(item, numbers),
    security: item.category === 'security',
    ...(item.sourceIp !== undefined && { sourceIp: item.sourceIp }),
    changes: changesOf(item),
  };
}

function subjectOf({ subject: { kind, id } }: AuditItem, numbers: ReadonlyMap<string, string>): Pick<AuditRow, 'subject'> {
  const number = kind === 'invoice' ? numbers.get(id) : undefined;
  if (number !== undefined) return { subject: { label: `Invoice ${number}`, href: `/invoices/${id}` } };
  if (kind === 'connection') return { subject: { label: 'Connection', href: `/connections/${id}` } };
  const label = SUBJECTS[kind];
  return kind === 'tenant' || label === undefined ? {} : { subject: { label } };
}

function changesOf({ before = {}, after = {} }: AuditItem): AuditRow['changes'] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields]
    .map((field) => ({ field: fieldLabel(field), before: valueText(before[field]), after: valueText(after[field]) }))
    .filter((change) => change.before !== change.after);
}

/** 'allowedDirectories' → 'Allowed directories' */
function fieldLabel(field: string): string {
  const words = field.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1).toLowerCase()}`;
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  return JSON.stringify(value) ?? '';
}

export function chainWords({ sealedAt, verifiedAt, problem, waiting, longestWait }: ChainFacts): AuditPage['chain'] {
  if (problem !== null) {
    return {
      tone: 'error',
      text: `This record was tampered with. ${problem} Tell whoever runs Countersign for you, and keep your exports.`,
    };
  }
  if (longestWait > ALARM_SECONDS) {
    const events = waiting === 1 ? 'One event waits' : `${waiting} events wait`;
    return { tone: 'warning', text: `${events} longer than a minute for a seal. Tell whoever runs Countersign for you.` };
  }
  if (verifiedAt !== null) return { tone: 'good', text: 'Sealed, and the whole chain verified', at: verifiedAt.toISOString() };
  return {
    tone: 'good',
    text: sealedAt === null ? 'The first events are sealed in a moment.' : 'Sealed; the chain is verified in a moment.',
  };
}
