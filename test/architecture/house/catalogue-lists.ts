/** Everything the catalogue check takes on trust. Whoever adds a line says why. */

/** Tables without row level security, because they are asked before a tenant is known. The app has no right on any of them. */
export const GLOBAL_TABLES: Readonly<Record<string, string>> = {
  installation: 'one row that marks the whole database as sandbox or live',
  installation_secret: 'passwords of our database roles follow from it; the launcher reads it as the owner',
  tenant: 'the list of tenants itself',
  person: 'a person may serve many tenants',
  identity: 'what a provider vouches for; asked at the door',
  session: 'a cookie names a session, and the session names the tenant',
  authenticator: 'a second factor is of a person, in all their tenants',
  recovery_code: 'likewise, for whoever lost the authenticator',
  factor_try: 'guesses count for the person, whichever tenant they go through',
  passkey: 'likewise, beside the authenticator',
  spent_challenge: 'what a passkey of the person answered; never accepted again',
  credential_lookup: 'a secret names a row before anybody knows whose',
  connection_route: 'a webhook names only the vendor account',
  app_pace: 'a vendor limits the installation, whichever tenant asks',
  tenant_certificate: 'what remains of a tenant that was erased: nobody of it is left to ask in its name',
  rate_budget: 'counts requests before anybody knows of which tenant; keys are keyed hashes, values are numbers',
  migration: 'written by the migrator, of no tenant',
  migration_file: 'likewise: which text was run',
};

/** Roles without a session of a tenant, and the tenant tables on which a policy of their own lets them see more. */
export const EXTRA_POLICIES: Readonly<Record<string, { role: string; command: 'r' | 'w'; because: string }>> = {
  'membership.definer_reads': { role: 'countersign_definer', command: 'r', because: 'which tenants a person may enter' },
  'membership.definer_notes_visit': { role: 'countersign_definer', command: 'w', because: 'when a session was last used' },
  'tenant_settings.definer_reads': { role: 'countersign_definer', command: 'r', because: 'the names on the tenant switcher' },
  'invitation.definer_reads': { role: 'countersign_definer', command: 'r', because: 'which invitations wait for an address at the door' },
  'api_key.definer_reads': { role: 'countersign_definer', command: 'r', because: 'whether a key still opens anything' },
  'api_key.definer_notes_use': { role: 'countersign_definer', command: 'w', because: 'when a key was last used' },
  'tenant_task.scheduler_sees_due': { role: 'countersign_scheduler', command: 'r', because: 'which tenant is to be cleaned up or erased' },
  'support_grant.definer_reads': { role: 'countersign_definer', command: 'r', because: 'whether support may still be in' },
  'audit_unsealed.scheduler_sees_waiting': { role: 'countersign_scheduler', command: 'r', because: 'who waits for a seal' },
  'audit_chain.scheduler_sees_heads': { role: 'countersign_scheduler', command: 'r', because: 'heads are carried out of the database' },
  'posting.definer_counts': { role: 'countersign_definer', command: 'r', because: 'how many are in which state, for the operator' },
  'connection.definer_counts': { role: 'countersign_definer', command: 'r', because: 'how many are in which state, for the operator' },
  'schedule.scheduler_sees_due': { role: 'countersign_scheduler', command: 'r', because: 'what is due, of every tenant' },
};

/**
 * Restrictive policies that hold back what a limited caller may not know of: the invoice itself, all that refers to it (the
 * check finds those by their foreign keys), and these, which lead to an invoice another way.
 */
export const SCOPED_OTHERWISE: Readonly<Record<string, { command: '*' | 'r'; because: string }>> = {
  vendor_record: { command: '*', because: 'what an invoice was read from' },
  customer: { command: '*', because: 'known by its invoices' },
  document_bytes: { command: 'r', because: 'stored before the row that leads to them' },
  audit_event: { command: 'r', because: 'what anybody did is always recorded' },
};

/** The scheduler's only rights: these columns. */
export const SCHEDULER_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  schedule: ['id', 'kind', 'next_due_at', 'paused', 'tenant_id'],
  tenant_task: ['kind', 'next_due_at', 'tenant_id'],
  audit_unsealed: ['queued_at', 'tenant_id'],
  audit_chain: ['hash', 'problem', 'sealed_at', 'sequence', 'tenant_id', 'verified_at'],
};

/** Evidence: the app adds rows and reads them. */
export const NEVER_CHANGED = [
  'audit_event',
  'audit_seal',
  'audit_checkpoint',
  'invoice_revision',
  'document',
  'document_bytes',
  'erasure_certificate',
];

/** Indexes that serve a look across tenants, by the policies above or by a foreign key into a global table. */
export const INDEXES_ACROSS_TENANTS: Readonly<Record<string, string>> = {
  membership_of_person: 'the tenants of a person, for the definer',
  invitation_by_email: 'invitations for an address, for the definer',
  tenant_task_due: 'what is due for whole tenants, for the scheduler',
  schedule_due: 'what is due, for the scheduler',
};

/** Columns of ids that no foreign key holds to a row of the same tenant. */
export const POINTS_TO_NO_ROW: Readonly<Record<string, string>> = {
  'audit_checkpoint.noted_as': 'the event that told of it, which its own period may end',
  'audit_seal.event_id': 'the seal outlives what it covers: that is how erasure keeps the chain',
  'legal_hold.subject_id': 'a customer or an invoice, by the scope of the hold',
  'tenant_erasure.certificate_id': 'what remains of the tenant, in a table of no tenant',
  'approval.reviewer_id': 'reviewers come and go with the routing; the approval outlives them',
  'invoice_view.person_id': 'a person is global, and may have left',
  'lease.holder': 'a process, which is no row',
  'outgoing_email.subject_id': 'a code, an invitation or a person, by the kind of the mail',
};

/** Columns that name a row of the same tenant by something other than an id. */
export const POINTS_BY_TEXT = ['document.sha256'];
/** Columns of global tables that the keeper's functions may read. Tables of tenants they reach as everybody does, through the agreed policy. */
export const KEEPER_READS: Readonly<Record<string, readonly string[]>> = {
  tenant: ['id', 'deleted_at'],
  person: ['last_tenant_id'],
  connection_route: ['tenant_id'],
};

/** What else they may do to a global table, so that nothing of an erased tenant or person is left there. */
export const KEEPER_ON_GLOBALS: Readonly<Record<string, readonly string[]>> = {
  session: ['SELECT', 'DELETE'],
  credential_lookup: ['SELECT', 'DELETE'],
  connection_route: ['DELETE'],
  tenant: ['UPDATE', 'DELETE'],
  person: ['UPDATE'],
  tenant_certificate: ['SELECT', 'INSERT'],
};

/** Partitioned tables that the keeper owns, because only an owner adds a partition. Row level security is forced on owners. */
export const KEPT_TABLES = ['audit_event'];
