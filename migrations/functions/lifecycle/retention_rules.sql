-- What is no invoice: which rows of which table may go when they are older than an instant. $1 is the tenant, $2 the instant.
create or replace function retention_rules() returns table (kind text, target text, at_instant text, condition text) language sql immutable as $$
  values
    ('raw', 'vendor_record', 'greatest(t.fetched_at, t.interpreted_at)', 't.interpreted_at is not null and t.problem is null and not exists (
      select from invoice i where i.tenant_id = t.tenant_id and i.connection_id = t.connection_id and i.external_id = t.external_id
        and i.id in (select held_invoices()))'),
    ('logs', 'sync_run', 't.finished_at', 'exists (select from sync_run n where n.tenant_id = t.tenant_id and n.connection_id = t.connection_id
      and n.kind = t.kind and n.finished_at > t.finished_at)'),
    ('logs', 'outgoing_email', 't.finished_at', 'true'),
    ('logs', 'email_code', 't.expires_at', 'true'),
    ('logs', 'invitation', 'coalesce(t.accepted_at, t.withdrawn_at, t.expires_at)', 'true'),
    ('logs', 'pending_grant', 't.expires_at', 'true'),
    ('logs', 'session', 't.expires_at', 'true'),
    ('logs', 'retention_run', 't.finished_at', 'true'),
    ('logs', 'data_export', 't.finished_at', 'true')
$$;
