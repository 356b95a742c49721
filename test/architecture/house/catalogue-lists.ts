/** Everything the catalogue check takes on trust. Whoever adds a line says why. */

/** Tables without row level security, because they are asked before a tenant is known. The app has no right on any of them. */
export const GLOBAL_TABLES: Readonly<Record<string, string>> = {
  installation: 'one row that marks the whole database as sandbox or live',
  tenant: 'the list of tenants itself',
  person: 'a person may serve many tenants',
  identity: 'what a provider vouches for; asked at the door',
  session: 'a cookie names a session, and the session names the tenant',
  credential_lookup: 'a secret names a row before anybody knows whose',
  connection_route: 'a webhook names only the vendor account',
  app_pace: 'a vendor limits the installation, whichever tenant asks',
  migration: 'written by the migrator, of no tenant',
};

/** Roles without a session of a tenant, and the tenant tables on which a policy of their own lets them see more. */
export const EXTRA_POLICIES: Readonly<Record<string, { role: string; command: 'r' | 'w'; because: string }>> = {
  'membership.definer_reads': { role: 'countersign_definer', command: 'r', because: 'which tenants a person may enter' },
  'membership.definer_notes_visit': { role: 'countersign_definer', command: 'w', because: 'when a session was last used' },
  'tenant_settings.definer_reads': { role: 'countersign_definer', command: 'r', because: 'the names on the tenant switcher' },
  'invitation.definer_reads': { role: 'countersign_definer', command: 'r', because: 'which invitations wait for an address at the door' },
  'api_key.definer_reads': { role: 'countersign_definer', command: 'r', because: 'whether a key still opens anything' },
  'api_key.definer_notes_use': { role: 'countersign_definer', command: 'w', because: 'when a key was last used' },
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

/** The scheduler's only rights: these columns of one table. */
export const SCHEDULER_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  schedule: ['id', 'kind', 'next_due_at', 'paused', 'tenant_id'],
};

/** Evidence: the app adds rows and reads them. */
export const NEVER_CHANGED = ['audit_event', 'invoice_revision', 'document', 'document_bytes'];

/** Indexes that serve a look across tenants, by the policies above or by a foreign key into a global table. */
export const INDEXES_ACROSS_TENANTS: Readonly<Record<string, string>> = {
  membership_of_person: 'the tenants of a person, for the definer',
  invitation_by_email: 'invitations for an address, for the definer',
  schedule_due: 'what is due, for the scheduler',
};
