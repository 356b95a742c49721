import type pg from 'pg';

export const TENANTS = 200;
const INVOICES_PER_TENANT = 5_000;
const MONTHS = 36;
/** Who looks: has invoices to review at every tenant, and has opened some of them. */
export const VIEWER = { email: 'jo@msp.example', personId: '0198a000-0000-7000-8000-000000000001' };

export function tenantId(index: number): string {
  return `0198b000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

const TENANT_ID = `('0198b000-0000-7000-8000-' || lpad(to_hex(t), 12, '0'))::uuid`;
const SOURCE_ID = `('0198c000-0000-7000-8000-' || lpad(to_hex(t), 12, '0'))::uuid`;
const LEDGER_ID = `('0198d000-0000-7000-8000-' || lpad(to_hex(t), 12, '0'))::uuid`;
const CUSTOMER_ID = `('0198e000-0000-7000-8000-' || lpad(to_hex(t * 40 + n % 40), 12, '0'))::uuid`;
const CUSTOMER_NAME = `(array['Harborview', 'Maple Street', 'Kite', 'Larkspur', 'Northgate', 'Old Mill', 'Riverside', 'Summit'])[n % 8 + 1] || ' ' ||
  (array['Dental Group', 'Animal Hospital', 'Logistics', 'Architects', 'Credit Union'])[n % 40 / 8 + 1]`;

/** 36 months; only of the last one something still waits, the rest went its way. */
const month = (each: number): string => `(n * ${MONTHS} / ${each})`;
const state = (
  each: number,
): string => `case when ${month(each)} < ${MONTHS - 1} then case n % 20 when 0 then 'void' when 1 then 'posted' else 'settled' end
  else (array['in_review', 'in_review', 'in_review', 'draft', 'approved', 'rejected', 'posted'])[n % 7 + 1] end`;

/**
 * Every tenant's invoices lie among those of all others, month by month, as they come in: rows of one tenant side by
 * side would flatter both sides. What a first page does not read (old revisions, documents, old approvals) is left out, foreign
 * keys with it.
 */
const statements = (tenants: number, each: number): string[] => [
  `set session_replication_role = replica`,
  `insert into tenant (id) select ${TENANT_ID} from generate_series(1, ${tenants}) t`,
  `insert into brand (tenant_id) select ${TENANT_ID} from generate_series(1, ${tenants}) t`,
  `insert into connection (tenant_id, id, connector, external_account_id, label, state)
   select ${TENANT_ID}, ${SOURCE_ID}, 'connectwise', 'msp' || t, 'PSA', 'disconnected' from generate_series(1, ${tenants}) t
   union all
   select ${TENANT_ID}, ${LEDGER_ID}, 'xero', 'org' || t, 'Books', 'disconnected' from generate_series(1, ${tenants}) t`,
  `insert into location (tenant_id, source_connection_id, external_id, name, ledger_connection_id)
   select ${TENANT_ID}, ${SOURCE_ID}, '1', 'Tampa', ${LEDGER_ID} from generate_series(1, ${tenants}) t`,
  `insert into customer (tenant_id, id, connection_id, external_id, name, data, updated_at)
   select ${TENANT_ID}, ${CUSTOMER_ID}, ${SOURCE_ID}, n::text, ${CUSTOMER_NAME}, '{}', now()
   from generate_series(1, ${tenants}) t, generate_series(0, 39) n`,
  `insert into invoice (tenant_id, id, connection_id, external_id, number, search, type, type_label, state, customer_id, customer_name,
     date, due_date, currency, subtotal, tax, total, balance, location_external_id, revision_id, context, open_warnings, check_wanted,
     source_updated_at, first_seen_at, updated_at)
   select ${TENANT_ID}, uuidv7(), ${SOURCE_ID}, n::text, (10000 + n)::text, (10000 + n) || ' ' || lower(${CUSTOMER_NAME}),
     'standard', 'Standard', ${state(each)}, ${CUSTOMER_ID}, ${CUSTOMER_NAME}, date '2023-11-01' + n * 1095 / ${each},
     date '2023-12-01' + n * 1095 / ${each}, 'USD', n, 0, n, n, '1', uuidv7(),
     jsonb_build_object('externalId', n::text, 'routing', '[]'::jsonb, 'link', 'https://psa.example/invoice/' || n, 'cost', repeat('410.00 ', 30)),
     n % 5 / 4, false, now(), now(), now()
   from generate_series(0, ${each - 1}) as every (n), generate_series(1, ${tenants}) t order by ${month(each)}, t, every.n`,
  `insert into reviewer (tenant_id, id, invoice_id, email, name, decision)
   select tenant_id, uuidv7(), id, (array['${VIEWER.email}', 'ana@msp.example', 'sam@msp.example', 'kim@msp.example'])[total % 4 + 1],
     'Reviewer', case state when 'in_review' then 'waiting' else 'approved' end
   from invoice where total % 3 > 0`,
  `insert into invoice_view (tenant_id, invoice_id, person_id, viewed_at)
   select tenant_id, id, '${VIEWER.personId}', now() from invoice where total % 10 > 0 or state not in ('in_review', 'draft')`,
  `insert into approval (tenant_id, id, invoice_id, revision_id, document_id, document_sha256, approved_by_kind, approved_by_id,
     approved_by_label, for_all, final, state, at)
   select tenant_id, uuidv7(), id, revision_id, uuidv7(), repeat('a', 64), 'person', '${VIEWER.personId}', 'Jo', true, true, 'standing', now()
   from invoice where state in ('approved', 'posted', 'settled') and date > '2025-11-01'`,
  `insert into invoice_revision (tenant_id, id, invoice_id, number, content_hash, content, created_at)
   select tenant_id, revision_id, id, 1, repeat('b', 64), jsonb_build_object('total', total::text, 'currency', currency, 'lines', '[]'::jsonb), now()
   from invoice where state = 'in_review'`,
  `insert into posting (tenant_id, id, connection_id, operation, intent_key, intent, invoice_id, state, not_before, sent_number, external_id,
     created_by, created_at, updated_at)
   select tenant_id, uuidv7(), connection_id, 'document', id::text, '{}', id, 'posted', now(), number, 'd' || number, 'Jo', now(), now()
   from invoice where state in ('posted', 'settled') and date > '2026-05-01'`,
  `set session_replication_role = origin`,
  `vacuum (analyze)`,
  `checkpoint`,
];

/** Tenants × invoices, their reviewers, views, approvals and postings, vacuumed and analysed. @param owner may skip foreign keys */
export async function seedManyInvoices(owner: pg.Client, { tenants = TENANTS, each = INVOICES_PER_TENANT } = {}): Promise<void> {
  for (const statement of statements(tenants, each)) await owner.query(statement);
}
