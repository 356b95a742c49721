import { INVOICE_STATES, VOID_CAUSES } from '../../../src/domain/invoice-state.js';
import type { SettlementKind } from '../../../src/domain/payment.js';
import { POSTING_OPERATIONS, POSTING_STATES } from '../../../src/domain/posting-state.js';
import type { Severity } from '../../../src/domain/review/rule.js';
import { ROLES } from '../../../src/domain/role.js';
import type { Actor } from '../../../src/database/audit/actor.js';
import type { CredentialKind } from '../../../src/identity/credential.repository.js';
import type * as connection from '../../../src/connections/connection.entity.js';
import type * as identity from '../../../src/identity/membership.entity.js';
import type * as invoice from '../../../src/billing/invoices/invoice.entity.js';
import type * as lifecycle from '../../../src/lifecycle/erasure/erasure.entity.js';
import type { SupportGrantEntity } from '../../../src/identity/support-grant.entity.js';
import type { TenantSettingsEntity } from '../../../src/identity/tenant-settings.entity.js';
import type * as posting from '../../../src/billing/outbox/posting.entity.js';

/** The words of a type, checked by the compiler: one too few or too many does not compile. */
const wordsOf = <Word extends string>(words: Record<Word, true>): string[] => Object.keys(words).toSorted();

const CALLERS = wordsOf<invoice.RejectionEntity['rejectedByKind']>({ person: true, api_key: true });

/** What the code says stands in each column that the database limits to a list of words. */
export const WORD_LISTS: Readonly<Record<string, readonly string[]>> = {
  'api_key.role': ROLES,
  'approval.approved_by_kind': CALLERS,
  'approval.state': wordsOf<invoice.ApprovalEntity['state']>({ standing: true, withdrawn: true, lapsed: true }),
  'audit_event.actor_kind': wordsOf<Actor['kind']>({ person: true, api_key: true, system: true, operator: true }),
  'brand.logo_type': ['image/png', 'image/jpeg', 'image/svg+xml'],
  'code_mapping.kind': wordsOf<connection.CodeMappingEntity['kind']>({ category: true, tax: true, status: true }),
  'connection.posting_mode': wordsOf<connection.ConnectionEntity['postingMode']>({ preview: true, live: true }),
  'connection.state': wordsOf<connection.ConnectionEntity['state']>({ connected: true, needs_reconnect: true, disconnected: true }),
  'credential_lookup.kind': wordsOf<CredentialKind>({ api_key: true, invitation: true, support: true, support_session: true }),
  'external_ref.kind': wordsOf<connection.ExternalRefEntity['kind']>({ contact: true, item: true, document: true, payment: true }),
  'flag.severity': wordsOf<Severity>({ error: true, warning: true, info: true }),
  'installation.mode': ['sandbox', 'live'],
  'invitation.link_by': wordsOf<identity.InvitationEntity['linkBy']>({ email: true, operator: true }),
  'invitation.role': ROLES,
  'invoice.state': INVOICE_STATES,
  'invoice.void_cause': VOID_CAUSES,
  'membership.role': ROLES,
  'outgoing_email.kind': wordsOf<identity.OutgoingEmailEntity['kind']>({ sign_in_code: true, invitation: true, factor_news: true }),
  'outgoing_email.state': wordsOf<identity.OutgoingEmailEntity['state']>({ waiting: true, sent: true, dropped: true }),
  'posting.operation': POSTING_OPERATIONS,
  'posting.state': POSTING_STATES,
  'posting_batch.kind': wordsOf<posting.PostingBatchEntity['kind']>({ invoice: true, credit_note: true }),
  'posting_batch.state': wordsOf<posting.PostingBatchEntity['state']>({ sending: true, settled: true, frozen: true, dissolved: true }),
  'rejection.rejected_by_kind': CALLERS,
  'reviewer.decision': wordsOf<invoice.ReviewerEntity['decision']>({ waiting: true, viewed: true, approved: true, rejected: true }),
  'schedule.kind': wordsOf<connection.ScheduleKind>({ pull: true, sweep: true, post: true, settle: true }),
  'settlement.kind': wordsOf<SettlementKind>({ payment: true, credit: true }),
  'support_grant.role': wordsOf<SupportGrantEntity['role']>({ read_only: true, member: true, admin: true }),
  'tenant_settings.second_factor': wordsOf<TenantSettingsEntity['secondFactor']>({ none: true, admins: true, everyone: true }),
  'sync_cursor.kind': wordsOf<connection.SyncCursorEntity['kind']>({ pull: true, settle: true }),
  'sync_run.kind': wordsOf<connection.SyncRunEntity['kind']>({ pull: true, sweep: true, settle: true }),
  'data_export.requested_by_kind': CALLERS,
  'data_export.state': wordsOf<lifecycle.DataExportEntity['state']>({
    queued: true,
    running: true,
    ready: true,
    failed: true,
    expired: true,
  }),
  'erasure_certificate.kind': wordsOf<lifecycle.ErasureCertificateEntity['kind']>({ person: true, contact: true }),
  'legal_hold.scope': wordsOf<lifecycle.LegalHoldEntity['scope']>({ tenant: true, customer: true, invoice: true }),
  'retention_run.state': wordsOf<lifecycle.RetentionRunEntity['state']>({ queued: true, running: true, succeeded: true, failed: true }),
  'tenant_erasure.state': wordsOf<lifecycle.TenantErasureEntity['state']>({ waiting: true, erasing: true, cancelled: true }),
  'tenant_task.kind': wordsOf<lifecycle.TenantTaskEntity['kind']>({ retention: true, erasure: true }),
  'sync_run.state': wordsOf<connection.SyncRunEntity['state']>({
    queued: true,
    running: true,
    succeeded: true,
    failed: true,
    cancelled: true,
  }),
};
