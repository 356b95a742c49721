import { DateTime } from 'luxon';
import type { ClientBase } from 'pg';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { emailAddress } from './email-address.js';
import { IdentityRefusal } from './identity-refusal.js';
import { INVITATION_DAYS } from './invitation.repository.js';
import { newSecret, sha256 } from './secret.js';
import { linkOf } from './sign-in/link.js';

export interface WantedTenant {
  name: string;
  ownerEmail: string;
  /** IANA name, for example 'America/New_York'. */
  timeZone: string;
  /** Where people reach this installation, without a trailing slash. */
  publicUrl: string;
  /** Microsoft directories that people may come from. */
  allowedDirectories?: readonly string[];
  /** ISO 4217; USD when absent. */
  currency?: string;
}

export interface CreatedTenant {
  tenantId: string;
  /**
   * Opens the new tenant once, for its first owner. Shown here and stored nowhere. A script that has no browser sends what stands
   * behind its `#` as the field `code` of `POST /sign-in/invitation`, which accepts the invitation and signs in.
   */
  ownerLink: string;
}

/**
 * What only an operator can do: make a tenant. Runs as the database's owner, because the app has no right to. Raw SQL, because
 * what a tenant begins with belongs to several owners and is written on one connection, before any transaction of the tenant.
 * @throws IdentityRefusal for a name, address or time zone that cannot be used
 */
export async function createTenant(owner: ClientBase, wanted: WantedTenant): Promise<CreatedTenant> {
  const name = wanted.name.trim();
  const email = emailAddress(wanted.ownerEmail);
  if (name === '' || name.length > 200) throw new IdentityRefusal('bad_name', 'Give the company a name of 1 to 200 characters.');
  if (!DateTime.utc().setZone(wanted.timeZone).isValid)
    throw new IdentityRefusal('bad_name', `There is no time zone "${wanted.timeZone}".`);
  const tenantId = uuidv7();
  const token = newSecret();
  await owner.query('begin');
  try {
    await owner.query('insert into tenant (id) values ($1)', [tenantId]);
    await owner.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    await owner.query(
      'insert into tenant_settings (tenant_id, name, time_zone, allowed_directories, currency) values ($1, $2, $3, $4, $5)',
      [tenantId, name, wanted.timeZone, (wanted.allowedDirectories ?? []).map((id) => id.toLowerCase()), wanted.currency ?? 'USD'],
    );
    await owner.query('insert into brand (tenant_id) values ($1)', [tenantId]);
    await inviteOwner(owner, tenantId, email, token);
    await owner.query('commit');
  } catch (error) {
    await owner.query('rollback');
    throw error;
  }
  return { tenantId, ownerLink: linkOf(wanted.publicUrl, 'invitation', token) };
}

/** The tenant that was made first, if any was. */
export async function firstTenant(owner: ClientBase): Promise<string | undefined> {
  const { rows } = await owner.query<{ id: string }>('select id from tenant order by created_at limit 1');
  return rows[0]?.id;
}

async function inviteOwner(owner: ClientBase, tenantId: string, email: string, token: string): Promise<void> {
  const id = uuidv7();
  await owner.query(
    `insert into invitation (tenant_id, id, email, role, invited_by, link_by, created_at, expires_at)
     values ($1, $2, $3, 'owner', 'The operator', 'operator', now(), now() + make_interval(days => $4))`,
    [tenantId, id, email, INVITATION_DAYS],
  );
  await owner.query(`insert into credential_lookup (kind, sha256, tenant_id, row_id) values ('invitation', $1, $2, $3)`, [
    sha256(token),
    tenantId,
    id,
  ]);
  await owner.query(
    `insert into audit_event (tenant_id, id, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, after)
     values ($1, $2, 'operator', 'cli', 'The operator', 'tenant.created', 'tenant', $4, $3)`,
    [tenantId, uuidv7(), JSON.stringify({ ownerEmail: email }), tenantId],
  );
}
