import { Injectable } from '@nestjs/common';
import type { ConnectorDescriptor, ExternalAccount } from '../ports/connector.js';
import type { Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { ConnectionRouteRepository } from './connection-route.repository.js';
import { ConnectionRepository } from './connection.repository.js';
import type { ScheduleKind } from '../jobs/schedule.entity.js';
import { ScheduleRepository } from '../jobs/schedule.repository.js';
import { SyncRunRepository } from '../jobs/sync-run.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { ConnectionSetup } from './connection-setup.js';
import type { ReceivedGrant } from './pending-grants.js';
import { SealedCredentials } from './sealed-credentials.js';

const PULL_MINUTES = 15;
const SETTLE_MINUTES = 60;
const A_DAY = 1_440;

/** What is done regularly with such a connection, and every how many minutes at first. */
function schedulesOf({ capabilities, defaultIntervals }: ConnectorDescriptor): [kind: ScheduleKind, minutes: number][] {
  // Everything that is written anywhere is a posting, statuses and payments included; the same look wakes runs that lost their process.
  const schedules: [ScheduleKind, number][] = [['post', 1]];
  if (capabilities.billingSource) schedules.push(['pull', defaultIntervals.pull ?? PULL_MINUTES], ['sweep', A_DAY]);
  if (capabilities.accountingLedger) schedules.push(['settle', defaultIntervals.settle ?? SETTLE_MINUTES]);
  return schedules;
}

const PATIENCE_MS = 60_000;

/** Makes a granted account a connection: its sealed credentials, its route, its schedules and the first look around. */
@Injectable()
export class AccountBinding {
  constructor(
    private readonly credentials: SealedCredentials,
    private readonly connections: ConnectionRepository,
    private readonly routes: ConnectionRouteRepository,
    private readonly schedules: ScheduleRepository,
    private readonly runs: SyncRunRepository,
    private readonly setup: ConnectionSetup,
    private readonly audit: AuditLog,
    private readonly tx: TenantTransaction,
  ) {}

  /** @returns the connection, new or brought back with its mappings and history */
  async bind(
    caller: Principal,
    descriptor: ConnectorDescriptor,
    grant: ReceivedGrant,
    account: ExternalAccount,
  ): Promise<{ connectionId: string; isNew: boolean }> {
    const { tenantId, actor } = caller;
    const { key: connector } = descriptor;
    const wanted = await this.tx.run(tenantId, () => this.connections.idFor(connector, account.externalAccountId));
    const sealed = await this.credentials.seal(tenantId, wanted, grant.credentials);
    const bound = await this.tx.run(tenantId, async () => {
      const bound = await this.connections.bind({ ...account, connector, apiAddress: grant.apiAddress, id: wanted, sealed });
      if (!bound) return undefined;
      await this.routes.register(connector, account.externalAccountId, bound.id);
      for (const [kind, minutes] of schedulesOf(descriptor)) await this.schedules.ensure(bound.id, kind, minutes);
      await this.audit.record(actor, {
        action: bound.isNew ? 'connection.connected' : 'connection.reconnected',
        subject: { kind: 'connection', id: bound.id },
        after: { connector, account: account.externalAccountId, label: account.label },
      });
      return bound;
    });
    // Two people connected the same account at the same moment: now its id is known.
    if (!bound) return await this.bind(caller, descriptor, grant, account);
    const { id, isNew } = bound;
    await this.setup.check(tenantId, id, AbortSignal.timeout(PATIENCE_MS));
    if (descriptor.capabilities.billingSource) await this.tx.run(tenantId, () => this.runs.request(id, 'pull', actor.label));
    return { connectionId: id, isNew };
  }
}
