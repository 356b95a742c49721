-- What the provider said just now of an identity that was known before.
create or replace function note_identity(wanted_issuer text, wanted_subject text, shown_email text, from_domain text) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ update identity set email = coalesce(shown_email, email), hosted_domain = from_domain
        where issuer = wanted_issuer and subject = wanted_subject $$;
alter function note_identity(text, text, text, text) owner to countersign_definer;
revoke execute on function note_identity(text, text, text, text) from public;
grant execute on function note_identity(text, text, text, text) to countersign_app;
