import type { AuditItem } from './audit-query.js';
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
  'session.opened': (after) => `signed in${withMethod(after)}`,
  'session.ended': () => 'signed out',
  'member.invited': (after) => `invited ${some(after, 'email')} as ${roleOf(after)}`,
  'member.invitation_withdrawn': (_after, before) => `withdrew the invitation of ${some(before, 'email')}`,
  'member.joined': (after) => `joined as ${roleOf(after)}`,
  'member.role_changed': (after, before) => `made ${some(after, 'email')} ${roleOf(after)}, who was ${roleOf(before)}`,
  'member.removed': (_after, before) => `removed ${some(before, 'email')}`,
  'person.copied': () => 'fetched a copy of what is held about a person',
  'api_key.created': (after) => `made the API key “${some(after, 'name')}” with the role ${roleOf(after)}`,
  'api_key.revoked': () => 'revoked an API key',
  'company.changed': () => 'changed the company’s details',
  'brand.changed': () => 'changed the brand',
  'connection.connected': (after) => `connected ${some(after, 'label')}`,
  'connection.reconnected': (after) => `reconnected ${some(after, 'label')}`,
  'connection.disconnected': () => 'disconnected it',
  'connection.grant_expired': () => 'found that its permission has ended',
  'connection.went_live': () => 'started posting to it',
  'connection.codes_mapped': () => 'changed its account mapping',
  'connection.run_requested': (after) => `started a run (${some(after, 'kind')})`,
  'connection.run_stopped': () => 'stopped a run',
  'connection.set_aside_retried': () => 'retried the records that could not be read',
  'data.retention_changed': () => 'changed the retention periods',
  'data.clean_up_requested': () => 'started a clean-up',
  'data.cleaned_up': () => 'deleted data past its retention period',
  'data.content_forgotten': () => 'chose to keep no invoice content',
  'data.content_kept': () => 'chose to keep invoice content again',
  'data.hold_set': () => 'set a legal hold',
  'data.hold_lifted': () => 'lifted a legal hold',
  'data.export_requested': () => 'requested an export of all data',
  'data.exported': () => 'finished an export of all data',
  'data.export_downloaded': () => 'downloaded an export of all data',
  'data.tenant_erasure_requested': () => 'requested the erasure of the company',
  'data.tenant_erasure_cancelled': () => 'cancelled the erasure of the company',
  'posting.stopped': () => 'stopped all posting',
  'posting.resumed': () => 'resumed posting',
  'audit.exported': (after) => `exported the audit log as ${some(after, 'format').toUpperCase()}`,
  'audit.verified': () => 'verified the audit log',
  'audit.person_forgotten': (after) => `erased a person from the audit log (${counted(after, 'parts')} values)`,
  'audit.expired': (after) => `removed ${counted(after, 'events')} events past their retention period`,
  'support.granted': (after) => `gave support access as ${roleOf(after)} until ${some(after, 'until')}`,
  'support.entered': () => 'signed in as support',
  'support.looked': (after) => `viewed ${some(after, 'path')}`,
  'support.acted': (after) => `sent something to ${some(after, 'path')}`,
  'support.revoked': () => 'revoked support access',
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

/** How people call the ways to sign in. */
const METHODS: Readonly<Record<string, string>> = {
  email_code: 'an e-mail code',
  passkey: 'a passkey',
  google: 'Google',
  microsoft: 'Microsoft',
  oidc: 'single sign-on',
  invitation: 'an invitation',
};

function withMethod({ method }: Facts): string {
  return typeof method === 'string' ? ` with ${METHODS[method] ?? method.replaceAll('_', ' ')}` : '';
}

function roleOf(facts: Facts): string {
  return some(facts, 'role').replace('_', '-');
}
