import type { ClientBase } from 'pg';

/**
 * Five wrong codes close a door for a quarter of an hour, and five mails a mailbox: what comes after them is refused unread. In this
 * database neither is counted, so that every trick of an attack is looked at.
 */
export async function countNoTries(owner: ClientBase): Promise<void> {
  await owner.query(`
    create function not_counted() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger not_counted before insert on factor_try for each row execute function not_counted();
    create function long_ago() returns trigger language plpgsql as $$ begin new.requested_at := new.requested_at - interval '2 days'; return new; end $$;
    create trigger long_ago before insert on email_code for each row execute function long_ago()`);
}
