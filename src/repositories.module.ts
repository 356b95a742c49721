import { Global, Module } from '@nestjs/common';
import { TableDocumentStore } from './billing/documents/document-bytes.repository.js';
import { ContentPolicy } from './billing/invoices/content-policy.repository.js';
import { IntakeInvoices } from './billing/invoices/intake-invoices.repository.js';
import { InvoiceRepository } from './billing/invoices/invoice.repository.js';
import { VendorRecordRepository } from './billing/invoices/vendor-record.repository.js';
import { ExternalRefRepository } from './billing/outbox/external-ref.repository.js';
import { DuePostingRepository } from './billing/outbox/due-posting.repository.js';
import { PostingBatchRepository } from './billing/outbox/posting-batch.repository.js';
import { PostingPlanner } from './billing/outbox/posting-planner.js';
import { PostingRepository } from './billing/outbox/posting.repository.js';
import { SettlementRepository } from './billing/settlement/settlement.repository.js';
import { ConnectionRouteRepository } from './connections/connection-route.repository.js';
import { GrantRepository } from './connections/grant.repository.js';
import { PaceRepository } from './connections/pace.repository.js';
import { SealedValueRepository } from './connections/sealed-value.repository.js';
import { VendorReferenceRepository } from './connections/vendor-reference.repository.js';
import { ConnectionRepository } from './connections/connection.repository.js';
import { TenantShredding } from './connections/tenant-shredding.js';
import { RateBudgetRepository } from './database/budgets/rate-budget.repository.js';
import { ApiKeyRepository } from './identity/api-key.repository.js';
import { CredentialRepository } from './identity/credential.repository.js';
import { OutgoingEmailRepository } from './identity/emails/outgoing-email.repository.js';
import { FactorRepository } from './identity/factor.repository.js';
import { InvitationRepository } from './identity/invitation.repository.js';
import { LimitChoiceRepository } from './identity/limit-choice.repository.js';
import { MembershipRepository } from './identity/membership.repository.js';
import { PasskeyRepository } from './identity/passkey.repository.js';
import { PersonRepository } from './identity/person.repository.js';
import { SessionRepository } from './identity/session.repository.js';
import { EmailCodeRepository } from './identity/sign-in/email-code.repository.js';
import { SupportGrantRepository } from './identity/support-grant.repository.js';
import { StaffRepository } from './identity/staff.repository.js';
import { TenantSettingsRepository } from './identity/tenant-settings.repository.js';
import { ScheduleRepository } from './jobs/schedule.repository.js';
import { SyncRunRepository } from './jobs/sync-run.repository.js';
import { DataPolicyRepository } from './lifecycle/data-policy.repository.js';
import { ErasureRepository, TenantCertificates } from './lifecycle/erasure/erasure.repository.js';
import { DataExportRepository } from './lifecycle/export/data-export.repository.js';
import { PersonRowsRepository } from './lifecycle/export/person-rows.repository.js';
import { LegalHoldRepository } from './lifecycle/legal-hold.repository.js';
import { RetentionRepository } from './lifecycle/retention.repository.js';
import { TenantTaskRepository } from './lifecycle/tenant-task.repository.js';
import { DOCUMENT_STORE } from './ports/document-store.js';

const JOBS = [ScheduleRepository, SyncRunRepository];
const IDENTITY = [
  ApiKeyRepository,
  CredentialRepository,
  EmailCodeRepository,
  FactorRepository,
  InvitationRepository,
  LimitChoiceRepository,
  MembershipRepository,
  OutgoingEmailRepository,
  PasskeyRepository,
  PersonRepository,
  RateBudgetRepository,
  SessionRepository,
  StaffRepository,
  SupportGrantRepository,
  TenantSettingsRepository,
];
const CONNECTIONS = [
  ConnectionRepository,
  ConnectionRouteRepository,
  GrantRepository,
  PaceRepository,
  SealedValueRepository,
  TenantShredding,
  VendorReferenceRepository,
];
const BILLING = [
  ContentPolicy,
  IntakeInvoices,
  InvoiceRepository,
  VendorRecordRepository,
  ExternalRefRepository,
  DuePostingRepository,
  PostingBatchRepository,
  PostingPlanner,
  PostingRepository,
  SettlementRepository,
  { provide: DOCUMENT_STORE, useClass: TableDocumentStore },
];
const LIFECYCLE = [
  DataExportRepository,
  DataPolicyRepository,
  ErasureRepository,
  LegalHoldRepository,
  PersonRowsRepository,
  RetentionRepository,
  TenantCertificates,
  TenantTaskRepository,
];

const REPOSITORIES = [...JOBS, ...IDENTITY, ...CONNECTIONS, ...BILLING, ...LIFECYCLE];

/**
 * Every owner's repositories, for the container. They need the database and, where a row goes with a job, the queue. Who may use which is said by the
 * import rules, not here.
 */
@Global()
@Module({ providers: REPOSITORIES, exports: REPOSITORIES.map((one) => ('provide' in one ? one.provide : one)) })
export class RepositoriesModule {}
