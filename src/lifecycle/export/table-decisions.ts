/**
 * Every table and whether a tenant's export holds it. A table or a column that looks like a secret and stands in neither list
 * fails a test, and until somebody decides it is left out and the manifest says so.
 */
export type TableDecision =
  | {
      exported: true;
      /** Columns that are left out, because they open something or prove a secret. */
      secret?: readonly string[];
      /** Columns that look secret by their name and are not, with the reason. */
      harmless?: Readonly<Record<string, string>>;
    }
  | { exported: false; because: string };

const YES: TableDecision = { exported: true };
const no = (because: string): TableDecision => ({ exported: false, because });

export const TABLE_DECISIONS: Readonly<Record<string, TableDecision>> = {
  tenant_settings: YES,
  brand: { exported: true, harmless: { logo: 'the picture on the documents, as base64' } },
  data_policy: YES,
  tenant_task: YES,
  legal_hold: YES,
  retention_run: YES,
  purged_invoice: YES,
  data_export: { exported: true, harmless: { sha256: 'of a file that only its person could fetch' } },
  erasure_certificate: { exported: true, harmless: { sha256: 'what the certificate is checked by' } },
  tenant_erasure: YES,
  membership: YES,
  staff_record: YES,
  staff_reading: YES,
  invitation: YES,
  api_key: { exported: true, harmless: { prefix: 'the first characters, which everybody sees in the list' } },
  outgoing_email: YES,
  connection: { exported: true, secret: ['sealed_credentials'] },
  location: YES,
  code_mapping: { exported: true, harmless: { key: 'a name of ours', code: 'of an account, item, tax or status' } },
  external_ref: { exported: true, harmless: { key: 'an id of ours' } },
  schedule: YES,
  sync_run: YES,
  sync_cursor: YES,
  vendor_record: YES,
  vendor_cache: YES,
  customer: YES,
  invoice: YES,
  invoice_revision: { exported: true, harmless: { content_hash: 'of what the client is charged' } },
  flag: { exported: true, harmless: { line_key: 'which line a flag is about' } },
  reviewer: YES,
  invoice_view: YES,
  document: { exported: true, harmless: { sha256: 'the name of its PDF' } },
  document_bytes: no('exported as documents/<sha256>.pdf'),
  approval: { exported: true, harmless: { document_sha256: 'which PDF was approved' } },
  rejection: YES,
  posting_batch: {
    exported: true,
    harmless: { request_key: 'marks one request to a vendor as the same', body_hash: 'of what was sent' },
  },
  posting: {
    exported: true,
    harmless: {
      intent_key: 'what makes an intent one',
      vendor_code: 'how the vendor calls its refusal',
      member_key: 'its place in a batch',
    },
  },
  settlement: YES,
  audit_event: YES,
  audit_chain: { exported: true, harmless: { hash: 'the head of the chain, to check it by' } },
  audit_seal: {
    exported: true,
    secret: ['salts'],
    harmless: { hash: 'a link of the chain, to check it by', previous: 'the link before' },
  },
  audit_checkpoint: { exported: true, harmless: { hash: 'where the rest of the chain begins' } },
  audit_unsealed: no('derived: events of the last seconds'),

  email_code: no('secret: salted hashes of codes that sign people in'),
  pending_grant: no('secret: sealed credentials of a choice that lasts minutes'),
  lease: no('derived: who works on what at this second'),
  pace: no('derived: requests of the last minutes, counted'),
  request_in_flight: no('derived: requests on the wire'),

  rate_budget: no('derived: requests of the last minutes, of no tenant'),
  support_grant: YES,
  tenant_key: no('secret: the wrapped key of the tenant'),
  installation_secret: no('secret, and of no tenant'),
  installation: no('of no tenant'),
  migration: no('of no tenant'),
  migration_file: no('of no tenant'),
  app_pace: no('of no tenant'),
  tenant: no('an id and a date, both in tenant_settings'),
  tenant_certificate: no('of tenants that are gone'),
  person: no('a person may serve many tenants; what this one knows of them is in membership'),
  identity: no('a person’s own, at the providers they sign in with'),
  session: no('secret: hashes that stand for signed-in people'),
  authenticator: no('secret: what the codes of a person follow from'),
  recovery_code: no('secret: hashes of codes that stand in for a factor'),
  factor_try: no('a person’s own, in all their tenants'),
  passkey: no('a person’s own, in all their tenants'),
  spent_challenge: no('a person’s own, in all their tenants'),
  credential_lookup: no('secret: hashes of keys and links'),
  connection_route: no('derived from connection'),
};
