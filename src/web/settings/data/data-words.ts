const WORDS: Readonly<Record<string, string>> = {
  invoice: 'Invoices',
  invoice_revision: 'Revisions of invoices',
  document: 'Documents',
  document_bytes: 'PDF files',
  approval: 'Approvals',
  rejection: 'Rejections',
  reviewer: 'Reviewers of invoices',
  flag: 'Flags',
  invoice_view: 'Marks of having read',
  posting: 'Postings',
  posting_batch: 'Batches of postings',
  settlement: 'Payments and credits',
  external_ref: 'Ids at vendors',
  customer: 'Customers without an invoice',
  vendor_record: 'Raw payloads',
  sync_run: 'Runs',
  outgoing_email: 'E-mails sent',
  email_code: 'Sign-in codes',
  invitation: 'Ended invitations',
  pending_grant: 'Unfinished connections',
  session: 'Ended sessions',
  retention_run: 'Clean-ups',
  data_export: 'Exports',
  job: 'Finished jobs',
  audit_event: 'Events of the record',
  'posting.sent_body': 'Postings as they were sent',
  'customer.data': 'Customers with address and contact',
  membership: 'Memberships',
  staff_record: 'Staff as the source lists them',
  person: 'People',
};

/** 'invoice_revision' → 'Revisions of invoices'; a table without words of its own by its name, 'reviewer.email' by both. */
export function tableWords(place: string): string {
  const known = WORDS[place];
  if (known !== undefined) return known;
  const [table = '', column] = place.split('.');
  const words = WORDS[table] ?? `${table.charAt(0).toUpperCase()}${table.slice(1)}`.replaceAll('_', ' ');
  return column === undefined ? words : `${words}: ${column.replaceAll('_', ' ')}`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** 1234567 → '1.2 MB' */
export function sizeText(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: power === 0 ? 0 : 1 })} ${UNITS[power] ?? ''}`;
}
