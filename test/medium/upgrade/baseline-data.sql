-- A tenant as it may lie in a database of the baseline: one of each thing that later versions must carry over. Run as the owner, with
-- all triggers at work. Written for the baseline's columns and never changed: a later version has to cope with it.
insert into tenant (id) values ('01970000-0000-7000-8000-000000000001');
select set_config('app.tenant_id', '01970000-0000-7000-8000-000000000001', true);
insert into tenant_settings (tenant_id, name, time_zone) values ('01970000-0000-7000-8000-000000000001', 'Northlight IT', 'America/New_York');
insert into brand (tenant_id, version, data) values ('01970000-0000-7000-8000-000000000001', 3, '{"colour": "#204060"}');

insert into person (id, name, last_tenant_id, created_at)
  values ('01970000-0000-7000-8000-000000000002', 'Ann Reyes', '01970000-0000-7000-8000-000000000001', '2026-11-01T08:00:00Z');
insert into identity (issuer, subject, person_id, email, linked_at, last_used_at)
  values ('email', 'ann@northlight.example', '01970000-0000-7000-8000-000000000002', 'ann@northlight.example', '2026-11-01T08:00:00Z', '2026-11-20T08:00:00Z');
insert into membership (tenant_id, person_id, email, name, role, joined_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000002', 'ann@northlight.example', 'Ann Reyes', 'owner', '2026-11-01T08:00:00Z');
insert into session (id_sha256, person_id, tenant_id, created_at, last_seen_at, expires_at, method, issuer, subject)
  values (sha256('a session'), '01970000-0000-7000-8000-000000000002', '01970000-0000-7000-8000-000000000001', '2026-11-20T08:00:00Z', '2026-11-20T08:00:00Z', '2026-12-04T08:00:00Z', 'email_code', 'email', 'ann@northlight.example');
insert into api_key (tenant_id, id, name, role, prefix, created_by, created_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000003', 'Reports', 'read_only', 'cs_12345', 'Ann Reyes', '2026-11-02T08:00:00Z');
insert into credential_lookup (kind, sha256, tenant_id, row_id)
  values ('api_key', sha256('a key'), '01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000003');

insert into connection (tenant_id, id, connector, external_account_id, label, state, sealed_credentials, posting_mode, go_live_date) values
  ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000010', 'source', 'northlight', 'Northlight PSA', 'connected', 'sealed', 'preview', null),
  ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000011', 'ledger', 'org-1', 'Northlight books', 'connected', 'sealed', 'live', '2026-01-01');
insert into location (tenant_id, source_connection_id, external_id, name, ledger_connection_id)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000010', '1', 'Tampa', '01970000-0000-7000-8000-000000000011');
insert into code_mapping (tenant_id, connection_id, kind, key, code, set_by)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000011', 'category', 'labor', '200', 'Ann Reyes');
insert into schedule (tenant_id, id, connection_id, kind, interval_minutes, next_due_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000012', '01970000-0000-7000-8000-000000000010', 'pull', 15, '2026-11-20T09:00:00Z');
insert into sync_run (tenant_id, id, connection_id, kind, state, requested_by, fetched, queued_at, started_at, finished_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000013', '01970000-0000-7000-8000-000000000010', 'pull', 'succeeded', 'schedule', 1, '2026-11-20T08:00:00Z', '2026-11-20T08:00:01Z', '2026-11-20T08:00:09Z');
insert into vendor_record (tenant_id, connection_id, kind, external_id, number, payload, vendor_updated_at, fetched_at, expires_at, interpreted_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000010', 'invoice', '77', 'N-77', '{"id": 77}', '2026-11-19T08:00:00Z', '2026-11-20T08:00:00Z', '2026-12-20T08:00:00Z', '2026-11-20T08:00:05Z');

insert into customer (tenant_id, id, connection_id, external_id, name, data, updated_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000020', '01970000-0000-7000-8000-000000000010', '5', 'Kite & Co', '{"externalId": "5", "name": "Kite & Co"}', '2026-11-20T08:00:00Z');
insert into invoice (tenant_id, id, connection_id, external_id, number, search, type, type_label, state, customer_id, customer_name, date, due_date, currency,
    subtotal, tax, total, balance, location_external_id, ledger_connection_id, revision_id, context, source_updated_at, first_seen_at, updated_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000021', '01970000-0000-7000-8000-000000000010', '77', 'N-77', 'n-77 kite & co',
    'standard', 'Standard', 'approved', '01970000-0000-7000-8000-000000000020', 'Kite & Co', '2026-11-19', '2026-12-19', 'USD', 1000.10, 70.01, 1070.11, 1070.11, '1',
    '01970000-0000-7000-8000-000000000011', '01970000-0000-7000-8000-000000000022', '{"externalId": "77"}', '2026-11-19T08:00:00Z', '2026-11-20T08:00:00Z', '2026-11-20T08:00:00Z');
insert into invoice_revision (tenant_id, id, invoice_id, number, content_hash, content, created_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000022', '01970000-0000-7000-8000-000000000021', 1, repeat('a', 64), '{"number": "N-77", "lines": []}', '2026-11-20T08:00:00Z');
insert into flag (tenant_id, id, invoice_id, rule, severity, title, message, target, reveals_cost, created_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000023', '01970000-0000-7000-8000-000000000021', 'old-invoice', 'info', 'Old', 'An old invoice.', 'invoice', false, '2026-11-20T08:00:00Z');
insert into reviewer (tenant_id, id, invoice_id, email, name, decision, decided_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000024', '01970000-0000-7000-8000-000000000021', 'ann@northlight.example', 'Ann Reyes', 'approved', '2026-11-20T08:30:00Z');
insert into document_bytes (tenant_id, sha256, bytes) values ('01970000-0000-7000-8000-000000000001', repeat('b', 64), '\x255044462d');
insert into document (tenant_id, id, invoice_id, revision_id, look, sha256, pages, size, positions, created_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000025', '01970000-0000-7000-8000-000000000021', '01970000-0000-7000-8000-000000000022', 'look', repeat('b', 64), 1, 5, '[]', '2026-11-20T08:00:00Z');
insert into approval (tenant_id, id, invoice_id, revision_id, document_id, document_sha256, approved_by_kind, approved_by_id, approved_by_label, for_all, final, state, at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000026', '01970000-0000-7000-8000-000000000021', '01970000-0000-7000-8000-000000000022', '01970000-0000-7000-8000-000000000025', repeat('b', 64), 'person', '01970000-0000-7000-8000-000000000002', 'Ann Reyes', false, true, 'standing', '2026-11-20T08:30:00Z');

insert into posting (tenant_id, id, connection_id, operation, intent_key, intent, invoice_id, approval_id, state, not_before, attempts, sent_number, sent_body, sent_at, external_id, created_by, created_at, updated_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000027', '01970000-0000-7000-8000-000000000011', 'document', '01970000-0000-7000-8000-000000000021', '{}', '01970000-0000-7000-8000-000000000021', '01970000-0000-7000-8000-000000000026', 'posted', '2026-11-20T08:31:00Z', 1, 'N-77', '{"Number": "N-77"}', '2026-11-20T08:31:00Z', 'doc-1', 'Ann Reyes', '2026-11-20T08:30:00Z', '2026-11-20T08:31:02Z');
update invoice set state = 'posted' where id = '01970000-0000-7000-8000-000000000021';
insert into external_ref (tenant_id, connection_id, kind, key, external_id)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000011', 'document', '01970000-0000-7000-8000-000000000021', 'doc-1');
insert into settlement (tenant_id, id, connection_id, kind, external_id, document_external_id, invoice_id, amount, currency, date, first_seen_at, updated_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000028', '01970000-0000-7000-8000-000000000011', 'payment', 'pay-1', 'doc-1', '01970000-0000-7000-8000-000000000021', 70.01, 'USD', '2026-11-21', '2026-11-21T08:00:00Z', '2026-11-21T08:00:00Z');

insert into data_policy (tenant_id, raw_days) values ('01970000-0000-7000-8000-000000000001', 60);
insert into legal_hold (tenant_id, id, scope, subject_id, subject_label, reason, set_by_id, set_by_label, set_at)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000029', 'invoice', '01970000-0000-7000-8000-000000000021', 'N-77', 'A dispute', '01970000-0000-7000-8000-000000000002', 'Ann Reyes', '2026-11-22T08:00:00Z');
insert into audit_event (tenant_id, id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, after)
  values ('01970000-0000-7000-8000-000000000001', '01970000-0000-7000-8000-000000000030', '2026-11-20T08:30:00Z', 'person', '01970000-0000-7000-8000-000000000002', 'Ann Reyes', 'invoice.approved', 'invoice', '01970000-0000-7000-8000-000000000021', '{"final": true}');
