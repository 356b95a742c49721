import type { AuditItem } from './audit-reading.js';
import { isOutcome, outcomeWords, timelineWords } from './timeline-words.js';

export interface AuditWords {
  /** Goes on from the actor's name. */
  what: string;
  quote?: string;
}

type Facts = Readonly<Record<string, unknown>>;
type Words = (after: Facts, before: Facts) => string;

/** What happened besides invoices and postings, which the timeline has words for. */
const WORDS: Readonly<Record<string, Words>> = {
  'session.opened': (after) => `signed in${by(after, 'method')}`,
  'session.ended': () => 'signed out',
  'member.invited': (after) => `invited ${some(after, 'email')} as ${roleOf(after)}`,
  'member.invitation_withdrawn': (_after, before) => `withdrew the invitation of ${some(before, 'email')}`,
  'member.joined': (after) => `joined as ${roleOf(after)}`,
  'member.role_changed': (after, before) => `made ${some(after, 'email')} ${roleOf(after)}, who was ${roleOf(before)}`,
  'member.removed': (_after, before) => `removed ${some(before, 'email')}`,
  'person.copied': () => 'fetched a copy of what is held about a person',
  'api_key.created': (after) => `made the API key “${some(after, 'name')}” with the role ${roleOf(after)}`,
  'api_key.revoked': () => 'revoked an API key',
  'company.changed': () => 'changed what the company is called or how it counts',
  'brand.changed': () => 'changed the brand',
  'connection.connected': (after) => `connected ${some(after, 'label')}`,
  'connection.reconnected': (after) => `connected ${some(after, 'label')} again`,
  'connection.disconnected': () => 'disconnected it',
  'connection.grant_expired': () => 'found that its permission had ended',
  'connection.went_live': () => 'started posting to it',
  'connection.codes_mapped': () => 'changed its codes',
  'connection.run_requested': (after) => `asked for a ${some(after, 'kind')} now`,
  'connection.run_stopped': () => 'stopped a run',
  'connection.set_aside_retried': () => 'asked for another try at what was set aside',
  'data.retention_changed': () => 'changed how long things are kept',
  'data.clean_up_requested': () => 'asked for a clean-up now',
  'data.cleaned_up': () => 'deleted what was too old',
  'data.content_forgotten': () => 'chose to keep no invoice content',
  'data.content_kept': () => 'chose to keep invoice content again',
  'data.hold_set': () => 'set a legal hold',
  'data.hold_lifted': () => 'lifted a legal hold',
  'data.export_requested': () => 'asked for an export of everything',
  'data.exported': () => 'wrote an export of everything',
  'data.export_downloaded': () => 'fetched an export of everything',
  'data.tenant_erasure_requested': () => 'asked for the company to be erased',
  'data.tenant_erasure_cancelled': () => 'took back that the company is to be erased',
  'posting.stopped': () => 'stopped all posting',
  'posting.resumed': () => 'let posting go on',
  'audit.exported': (after) => `exported the audit log as ${some(after, 'format').toUpperCase()}`,
  'audit.verified': () => 'had the audit log checked',
  'audit.person_forgotten': (after) => `erased a person from the audit log (${counted(after, 'parts')} values)`,
  'audit.expired': (after) => `removed ${counted(after, 'events')} events that are older than they are kept`,
  'support.granted': (after) => `let support in as ${roleOf(after)} until ${some(after, 'until')}`,
  'support.entered': () => 'entered as support',
  'support.looked': (after) => `looked at ${some(after, 'path')}`,
  'support.acted': (after) => `sent something to ${some(after, 'path')}`,
  'support.revoked': () => 'ended support’s access',
};

/** For the choice of what to look for. */
export const KNOWN_ACTIONS: readonly string[] = [
  ...Object.keys(WORDS),
  'invoice.approved',
  'invoice.rejected',
  'invoice.reopened',
  'approval.given',
  'approval.withdrawn',
  'posting.posted',
  'posting.refused',
].toSorted();

export function auditWords(event: Pick<AuditItem, 'action' | 'before' | 'after'>): AuditWords {
  const own = WORDS[event.action];
  if (own) return { what: own(event.after ?? {}, event.before ?? {}) };
  const outcome = isOutcome(event.action);
  const { what, quote } = outcome
    ? outcomeWords(outcome.operation, outcome.state, event.after)
    : timelineWords({ action: event.action, before: event.before ?? null, after: event.after ?? null }, { showCost: true });
  return { what, ...(quote !== undefined && { quote }) };
}

function some(facts: Facts, field: string): string {
  const value = facts[field];
  return typeof value === 'string' && value !== '' ? value : 'something';
}

function counted(facts: Facts, field: string): string {
  const value = facts[field];
  return typeof value === 'number' ? String(value) : '?';
}

function by(facts: Facts, field: string): string {
  const value = facts[field];
  return typeof value === 'string' ? ` by ${value}` : '';
}

function roleOf(facts: Facts): string {
  return some(facts, 'role').replace('_', '-');
}
