import { INVOICE_STATES, VOID_CAUSES } from '../../../src/domain/invoice-state.js';
import type { SettlementKind } from '../../../src/domain/payment.js';
import { POSTING_OPERATIONS, POSTING_STATES } from '../../../src/domain/posting-state.js';
import type { Severity } from '../../../src/domain/review/rule.js';
import { ROLES } from '../../../src/domain/role.js';
import type { Actor } from '../../../src/storage/actor.js';
import type { CredentialKind } from '../../../src/storage/repositories/identity-credentials.js';
import type * as connection from '../../../src/storage/rows/connection-rows.js';
import type * as identity from '../../../src/storage/rows/identity-rows.js';
import type * as invoice from '../../../src/storage/rows/invoice-rows.js';
import type * as lifecycle from '../../../src/storage/rows/lifecycle-rows.js';
import type { SupportGrantRow } from '../../../src/storage/rows/support-rows.js';
import type { TenantSettingsRow } from '../../../src/storage/rows/tenant-rows.js';
import type * as posting from '../../../src/storage/rows/posting-rows.js';

/** The words of a type, checked by the compiler: one too few or too many does not compile. */
const wordsOf = <Word extends string>(words: Record<Word, true>): string[] => Object.keys(words).toSorted();

const CALLERS = wordsOf<invoice.RejectionRow['rejectedByKind']>({ person: true, api_key: true });

/** What the code says stands in each column that the database limits to a list of words. */
export const WORD_LISTS: Readonly<Record<string, readonly string[]>> = {
  'api_key.role': ROLES,
  'approval.approved_by_kind': CALLERS,
  'approval.state': wordsOf<invoice.ApprovalRow['state']>({ standing: true, withdrawn: true, lapsed: true }),
  'audit_event.actor_kind': wordsOf<Actor['kind']>({ person: true, api_key: true, system: true, operator: true }),
  'brand.logo_type': ['image/png', 'image/jpeg', 'image/svg+xml'],
  'code_mapping.kind': wordsOf<connection.CodeMappingRow['kind']>({ category: true, tax: true, status: true }),
  'connection.posting_mode': wordsOf<connection.ConnectionRow['postingMode']>({ preview: true, live: true }),
  'connection.state': wordsOf<connection.ConnectionRow['state']>({ connected: true, needs_reconnect: true, disconnected: true }),
  'credential_lookup.kind': wordsOf<CredentialKind>({ api_key: true, invitation: true, support: true, support_session: true }),
  'external_ref.kind': wordsOf<connection.ExternalRefRow['kind']>({ contact: true, item: true, document: true, payment: true }),
  'flag.severity': wordsOf<Severity>({ error: true, warning: true, info: true }),
  'installation.mode': ['sandbox', 'live'],
  'invitation.link_by': wordsOf<identity.InvitationRow['linkBy']>({ email: true, operator: true }),
  'invitation.role': ROLES,
  'invoice.state': INVOICE_STATES,
  'invoice.void_cause': VOID_CAUSES,
  'membership.role': ROLES,
  'outgoing_email.kind': wordsOf<identity.OutgoingEmailRow['kind']>({ sign_in_code: true, invitation: true, factor_news: true }),
  'outgoing_email.state': wordsOf<identity.OutgoingEmailRow['state']>({ waiting: true, sent: true, dropped: true }),
  'posting.operation': POSTING_OPERATIONS,
  'posting.state': POSTING_STATES,
  'posting_batch.kind': wordsOf<posting.PostingBatchRow['kind']>({ invoice: true, credit_note: true }),
  'posting_batch.state': wordsOf<posting.PostingBatchRow['state']>({ sending: true, settled: true, frozen: true, dissolved: true }),
  'rejection.rejected_by_kind': CALLERS,
  'reviewer.decision': wordsOf<invoice.ReviewerRow['decision']>({ waiting: true, viewed: true, approved: true, rejected: true }),
  'schedule.kind': wordsOf<connection.ScheduleKind>({ pull: true, sweep: true, post: true, settle: true }),
  'settlement.kind': wordsOf<SettlementKind>({ payment: true, credit: true }),
  'support_grant.role': wordsOf<SupportGrantRow['role']>({ read_only: true, member: true, admin: true }),
  'tenant_settings.second_factor': wordsOf<TenantSettingsRow['secondFactor']>({ none: true, admins: true, everyone: true }),
  'sync_cursor.kind': wordsOf<connection.SyncCursorRow['kind']>({ pull: true, settle: true }),
  'sync_run.kind': wordsOf<connection.SyncRunRow['kind']>({ pull: true, sweep: true, settle: true }),
  'data_export.requested_by_kind': CALLERS,
  'data_export.state': wordsOf<lifecycle.DataExportRow['state']>({ queued: true, running: true, ready: true, failed: true, expired: true }),
  'erasure_certificate.kind': wordsOf<lifecycle.ErasureCertificateRow['kind']>({ person: true, contact: true }),
  'legal_hold.scope': wordsOf<lifecycle.LegalHoldRow['scope']>({ tenant: true, customer: true, invoice: true }),
  'retention_run.state': wordsOf<lifecycle.RetentionRunRow['state']>({ queued: true, running: true, succeeded: true, failed: true }),
  'tenant_erasure.state': wordsOf<lifecycle.TenantErasureRow['state']>({ waiting: true, erasing: true, cancelled: true }),
  'tenant_task.kind': wordsOf<lifecycle.TenantTaskRow['kind']>({ retention: true, erasure: true }),
  'sync_run.state': wordsOf<connection.SyncRunRow['state']>({
    queued: true,
    running: true,
    succeeded: true,
    failed: true,
    cancelled: true,
  }),
};
