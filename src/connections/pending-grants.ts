import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { Vault } from '../platform/vault/vault.js';
import type { Credentials, ExternalAccount, Grant } from '../ports/connector.js';
import type { Principal } from '../database/audit/actor.js';
import { PENDING_GRANT } from '../database/sealed-columns.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { GrantRepository } from './grant.repository.js';

const LIFETIME_MS = 15 * 60_000;
const FIELD = PENDING_GRANT.field;

export interface ReceivedGrant extends Grant {
  apiAddress?: string | undefined;
}

/** Grants that wait for a person to pick one of their accounts. Too large for a cookie, too secret for anything but the vault. */
@Injectable()
export class PendingGrants {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vault: Vault,
    private readonly clock: Clock,
    private readonly grants: GrantRepository,
  ) {}

  async keep(caller: Principal, connector: string, grant: ReceivedGrant): Promise<string> {
    const { tenantId } = caller;
    const id = uuidv7();
    const sealedCredentials = await this.vault.seal(JSON.stringify(grant.credentials), { tenantId, connectionId: id, field: FIELD });
    await this.tx.run(tenantId, async () => {
      await this.grants.keepPending({
        id,
        connector,
        begunBy: caller.actor.id,
        accounts: grant.accounts,
        apiAddress: grant.apiAddress ?? null,
        sealedCredentials,
        expiresAt: this.clock.later(LIFETIME_MS),
      });
    });
    return id;
  }

  /** The accounts to choose from; undefined when it has expired, was used, or is somebody else's. */
  async accounts(caller: Principal, connector: string, id: string): Promise<ExternalAccount[] | undefined> {
    return (await this.tx.run(caller.tenantId, () => this.grants.pending(id, connector, caller.actor.id)))?.accounts;
  }

  /** Takes the grant away, so that it becomes one connection and no more: accounts that share tokens would end each other's. */
  async take(caller: Principal, connector: string, id: string): Promise<ReceivedGrant | undefined> {
    const { tenantId } = caller;
    const row = await this.tx.run(tenantId, () => this.grants.pending(id, connector, caller.actor.id));
    if (!row) return undefined;
    // Opened before it is taken: a key service that does not answer must not cost the person the grant.
    const credentials = await this.vault.open(row.sealedCredentials, { tenantId, connectionId: id, field: FIELD });
    if (!(await this.tx.run(tenantId, () => this.grants.takePending(id)))) return undefined;
    return {
      credentials: JSON.parse(credentials) as Credentials,
      accounts: row.accounts,
      ...(row.apiAddress !== null && { apiAddress: row.apiAddress }),
    };
  }
}
