import { INVOICE_STATES, VOID_CAUSES } from '../../../src/domain/invoice-state.js';
import type { SettlementKind } from '../../../src/domain/payment.js';
import { POSTING_OPERATIONS, POSTING_STATES } from '../../../src/domain/posting-state.js';
import type { Severity } from '../../../src/domain/review/rule.js';
import { ROLES } from '../../../src/domain/role.js';
import type { Actor } from '../../../src/database/audit/actor.js';
import type { CredentialKind } from '../../../src/identity/credential.repository.js';
import type { SupportGrantEntity } from '../../../src/identity/support-grant.entity.js';
import type { ExternalRefEntity } from '../../../src/billing/outbox/external-ref.entity.js';
import type { PostingBatchEntity } from '../../../src/billing/outbox/posting.entity.js';
import type { ApprovalEntity, RejectionEntity } from '../../../src/billing/review/approval.entity.js';
import type { ReviewerEntity } from '../../../src/billing/review/reviewer.entity.js';
import type { CodeMappingEntity } from '../../../src/connections/code-mapping.entity.js';
import type { ConnectionEntity } from '../../../src/connections/connection.entity.js';
import type { OutgoingEmailEntity } from '../../../src/identity/emails/outgoing-email.entity.js';
import type { InvitationEntity } from '../../../src/identity/membership.entity.js';
import type { ScheduleKind } from '../../../src/jobs/schedule.entity.js';
import type { SyncCursorEntity, SyncRunEntity } from '../../../src/jobs/sync-run.entity.js';
import type { ErasureCertificateEntity, TenantErasureEntity } from '../../../src/lifecycle/erasure/erasure.entity.js';
import type { DataExportEntity } from '../../../src/lifecycle/export/data-export.entity.js';
import type { LegalHoldEntity, RetentionRunEntity, TenantTaskEntity } from '../../../src/lifecycle/retention.entity.js';
import type { TenantSettingsEntity } from '../../../src/identity/tenant-settings.entity.js';

/** The words of a type, checked by the compiler: one too few or too many does not compile. */
const wordsOf = <Word extends string>(words: Record<Word, true>): string[] => Object.keys(words).toSorted();

const CALLERS = wordsOf<RejectionEntity['rejectedByKind']>({ person: true, api_key: true });

/** What the code says stands in each column that the database limits to a list of words. */
export const WORD_LISTS: Readonly<Record<string, readonly string[]>> = {
  'api_key.role': ROLES,
  'approval.approved_by_kind': CALLERS,
  'approval.state': wordsOf<ApprovalEntity['state']>({ standing: true, withdrawn: true, lapsed: true }),
  'audit_event.actor_kind': wordsOf<Actor['kind']>({ person: true, api_key: true, system: true, operator: true }),
  'brand.logo_type': ['image/png', 'image/jpeg'],
  'code_mapping.kind': wordsOf<CodeMappingEntity['kind']>({ category: true, tax: true, status: true }),
  'connection.posting_mode': wordsOf<ConnectionEntity['postingMode']>({ preview: true, live: true }),
  'connection.state': wordsOf<ConnectionEntity['state']>({ connected: true, needs_reconnect: true, disconnected: true }),
  'credential_lookup.kind': wordsOf<CredentialKind>({ api_key: true, invitation: true, support: true, support_session: true }),
  'external_ref.kind': wordsOf<ExternalRefEntity['kind']>({ contact: true, item: true, document: true, payment: true }),
  'flag.severity': wordsOf<Severity>({ error: true, warning: true, info: true }),
  'installation.mode': ['sandbox', 'live'],
  'invitation.link_by': wordsOf<InvitationEntity['linkBy']>({ email: true, operator: true }),
  'invitation.role': ROLES,
  'invoice.state': INVOICE_STATES,
  'invoice.void_cause': VOID_CAUSES,
  'membership.role': ROLES,
  'outgoing_email.kind': wordsOf<OutgoingEmailEntity['kind']>({ sign_in_code: true, invitation: true, factor_news: true }),
  'outgoing_email.state': wordsOf<OutgoingEmailEntity['state']>({ waiting: true, sent: true, dropped: true }),
  'posting.operation': POSTING_OPERATIONS,
  'posting.state': POSTING_STATES,
  'posting_batch.kind': wordsOf<PostingBatchEntity['kind']>({ invoice: true, credit_note: true }),
  'posting_batch.state': wordsOf<PostingBatchEntity['state']>({ sending: true, settled: true, frozen: true, dissolved: true }),
  'rejection.rejected_by_kind': CALLERS,
  'reviewer.decision': wordsOf<ReviewerEntity['decision']>({ waiting: true, viewed: true, approved: true, rejected: true }),
  'schedule.kind': wordsOf<ScheduleKind>({ pull: true, sweep: true, post: true, settle: true }),
  'settlement.kind': wordsOf<SettlementKind>({ payment: true, credit: true }),
  'support_grant.role': wordsOf<SupportGrantEntity['role']>({ read_only: true, member: true, admin: true }),
  'tenant_settings.second_factor': wordsOf<TenantSettingsEntity['secondFactor']>({ none: true, admins: true, everyone: true }),
  'sync_cursor.kind': wordsOf<SyncCursorEntity['kind']>({ pull: true, settle: true }),
  'sync_run.kind': wordsOf<SyncRunEntity['kind']>({ pull: true, sweep: true, settle: true }),
  'data_export.requested_by_kind': CALLERS,
  'data_export.state': wordsOf<DataExportEntity['state']>({
    queued: true,
    running: true,
    ready: true,
    failed: true,
    expired: true,
  }),
  'erasure_certificate.kind': wordsOf<ErasureCertificateEntity['kind']>({ person: true, contact: true }),
  'legal_hold.scope': wordsOf<LegalHoldEntity['scope']>({ tenant: true, customer: true, invoice: true }),
  'retention_run.state': wordsOf<RetentionRunEntity['state']>({ queued: true, running: true, succeeded: true, failed: true }),
  'tenant_erasure.state': wordsOf<TenantErasureEntity['state']>({ waiting: true, erasing: true, cancelled: true }),
  'tenant_task.kind': wordsOf<TenantTaskEntity['kind']>({ retention: true, erasure: true }),
  'sync_run.state': wordsOf<SyncRunEntity['state']>({
    queued: true,
    running: true,
    succeeded: true,
    failed: true,
    cancelled: true,
  }),
};
