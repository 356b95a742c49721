import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../domain/refusal.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { CannotOpen } from '../platform/vault/vault.js';
import { isConnectorError } from '../ports/connector-error.js';
import type { Connector, ConnectorDescriptor, Credentials, ExternalAccount, FormConnect, OAuthConnect } from '../ports/connector.js';
import type { Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { ConnectionRouteRepository } from './connection-route.repository.js';
import { ConnectionRepository } from './connection.repository.js';
import { ScheduleRepository } from '../jobs/schedule.repository.js';
import { SyncRunRepository } from '../jobs/sync-run.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { ConnectionSetup } from './connection-setup.js';
import { ConnectorRegistry } from './connector-registry.js';
import { withExpiry } from './grant-expiry.js';
import { Handshakes } from './handshake.js';
import { PendingGrants, type ReceivedGrant } from './pending-grants.js';
import { SealedCredentials } from './sealed-credentials.js';
import { Vendors } from './vendors.js';
import type { ScheduleKind } from '../jobs/schedule.entity.js';

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

/** Where the person goes next: done, or choosing among the accounts that the grant opens. */
export type ConnectOutcome = { connectionId: string; isNew: boolean } | { pendingGrantId: string; accounts: ExternalAccount[] };

export interface ConnectOffer {
  label: string;
  capabilities: ConnectorDescriptor['capabilities'];
  fields: FormConnect['fields'] | undefined;
}

const SETUP_PATIENCE_MS = 60_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** From "Connect" to a connection that works: consent or keys, the account, the first look around. */
@Injectable()
export class Connect {
  constructor(
    private readonly registry: ConnectorRegistry,
    private readonly handshakes: Handshakes,
    private readonly pending: PendingGrants,
    private readonly credentials: SealedCredentials,
    private readonly connections: ConnectionRepository,
    private readonly routes: ConnectionRouteRepository,
    private readonly schedules: ScheduleRepository,
    private readonly runs: SyncRunRepository,
    private readonly setup: ConnectionSetup,
    private readonly vendors: Vendors,
    private readonly audit: AuditLog,
    private readonly tx: TenantTransaction,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** What the connect page of this vendor asks for; `undefined` fields when the vendor asks on pages of its own. */
  offer(connector: string): ConnectOffer {
    const { descriptor, connect } = this.connector(connector);
    const { label, capabilities } = descriptor;
    return { label, capabilities, fields: connect.kind === 'form' ? connect.fields : undefined };
  }

  /** The vendor's consent page, and what the browser has to bring back from it in a cookie. */
  begin(caller: Principal, connector: string): { location: string; sealed: string; expiresAt: Date } {
    const { handshake, codeChallenge, sealed, expiresAt } = this.handshakes.begin(caller, connector);
    const location = this.oauth(connector).authorizeUrl({
      state: handshake.state,
      redirectUri: this.redirectUri(connector),
      codeChallenge,
    });
    return { location, sealed, expiresAt };
  }

  /** @param query of the callback @throws Refusal, ConnectorError */
  async complete(
    caller: Principal,
    connector: string,
    query: Readonly<Record<string, string>>,
    sealed: string | undefined,
  ): Promise<ConnectOutcome> {
    const { codeVerifier } = this.handshakes.finish(caller, connector, sealed, query['state']);
    const grant = await this.oauth(connector).exchange({ query, redirectUri: this.redirectUri(connector), codeVerifier });
    return await this.accept(caller, connector, { ...grant, credentials: withExpiry(grant.credentials, this.clock.now()) });
  }

  /** With the values of the connect page. @throws ConnectorError that says which value is wrong */
  async submit(caller: Principal, connector: string, values: Readonly<Record<string, string>>): Promise<ConnectOutcome> {
    const { connect, descriptor } = this.connector(connector);
    if (connect.kind !== 'form') throw new Refusal('invalid', `${descriptor.label} is connected on its own pages.`);
    const known = connect.fields.map(({ name }) => [name, (values[name] ?? '').trim()] as const);
    const missing = connect.fields.find(({ name, optional }) => !optional && (values[name] ?? '').trim() === '');
    if (missing) throw new Refusal('invalid', `${missing.label} is missing.`, { field: missing.name });
    return await this.accept(caller, connector, await connect.connect(Object.fromEntries(known)));
  }

  async accountsOf(caller: Principal, connector: string, pendingGrantId: string): Promise<ExternalAccount[] | undefined> {
    this.connector(connector);
    return UUID.test(pendingGrantId) ? await this.pending.accounts(caller, connector, pendingGrantId) : undefined;
  }

  /** The person picked one of the accounts. */
  async choose(
    caller: Principal,
    connector: string,
    pendingGrantId: string,
    externalAccountId: string,
  ): Promise<{ connectionId: string; isNew: boolean }> {
    const offered = await this.accountsOf(caller, connector, pendingGrantId);
    const account = offered?.find((candidate) => candidate.externalAccountId === externalAccountId);
    if (offered && !account) throw new Refusal('invalid', 'This account is not among those that were offered. Pick one of the list.');
    const grant = account && (await this.pending.take(caller, connector, pendingGrantId));
    if (!grant || !account) throw new Refusal('conflict', 'The choice was made already, or it took more than 15 minutes. Connect again.');
    return await this.bind(caller, connector, grant, account);
  }

  /**
   * Forgets the credentials, and takes the grant back at the vendor unless another connection here lives by the same app and
   * person: vendors end all of those together. Mappings, schedules and history stay for a Reconnect.
   */
  async disconnect(caller: Principal, connectionId: string): Promise<{ revoked: boolean }> {
    const { tenantId } = caller;
    await this.endCallbacks(tenantId, connectionId);
    const credentials = await this.toTakeBack(tenantId, connectionId);
    const held = await this.tx.run(tenantId, async () => {
      const row = await this.connections.get(connectionId);
      const others = (await this.connections.all()).filter((other) => other.connector === row.connector && other.id !== row.id);
      await this.connections.unbind(connectionId);
      await this.routes.forget(connectionId);
      await this.audit.record(caller.actor, {
        action: 'connection.disconnected',
        subject: { kind: 'connection', id: connectionId },
        before: { state: row.state, account: row.externalAccountId },
      });
      return { connector: row.connector, isLast: !others.some((other) => other.state === 'connected') };
    });
    const { connect } = this.connector(held.connector);
    if (connect.kind !== 'oauth' || !credentials || !held.isLast) return { revoked: false };
    try {
      await connect.revoke(credentials);
      return { revoked: true };
    } catch (error) {
      // We hold nothing any more; the person can end the grant on the vendor's own page.
      if (!isConnectorError(error)) throw error;
      return { revoked: false };
    }
  }

  /** Undefined when there is nothing, or nothing that can be opened any more: then disconnecting is all the better. */
  private async toTakeBack(tenantId: string, connectionId: string): Promise<Credentials | undefined> {
    const { state } = await this.tx.run(tenantId, () => this.connections.get(connectionId));
    if (state !== 'connected') return undefined;
    try {
      return (await this.credentials.read(tenantId, connectionId)).credentials;
    } catch (error) {
      if (error instanceof CannotOpen || isConnectorError(error)) return undefined;
      throw error;
    }
  }

  /** While we can still ask. Calls that come all the same find no route any more. */
  private async endCallbacks(tenantId: string, connectionId: string): Promise<void> {
    const row = await this.tx.run(tenantId, () => this.connections.get(connectionId));
    if (row.state !== 'connected') return;
    try {
      await this.vendors.setCallbacks(tenantId, connectionId, 'off', this.config.publicUrl, AbortSignal.timeout(SETUP_PATIENCE_MS));
    } catch (error) {
      if (!isConnectorError(error) && !(error instanceof CannotOpen)) throw error;
    }
  }

  private async accept(caller: Principal, connector: string, grant: ReceivedGrant): Promise<ConnectOutcome> {
    const [only, ...more] = grant.accounts;
    if (!only) throw new Refusal('invalid', 'The grant opens no account. Connect again and choose one.');
    if (more.length === 0) return await this.bind(caller, connector, grant, only);
    return { pendingGrantId: await this.pending.keep(caller, connector, grant), accounts: grant.accounts };
  }

  private async bind(
    caller: Principal,
    connector: string,
    grant: ReceivedGrant,
    account: ExternalAccount,
  ): Promise<{ connectionId: string; isNew: boolean }> {
    const { tenantId, actor } = caller;
    const { descriptor } = this.connector(connector);
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
    if (!bound) return await this.bind(caller, connector, grant, account);
    const { id, isNew } = bound;
    await this.setup.check(tenantId, id, AbortSignal.timeout(SETUP_PATIENCE_MS));
    if (descriptor.capabilities.billingSource) await this.tx.run(tenantId, () => this.runs.request(id, 'pull', actor.label));
    return { connectionId: id, isNew };
  }

  private redirectUri(connector: string): string {
    return `${this.config.publicUrl}/connect/${connector}/callback`;
  }

  private oauth(key: string): OAuthConnect {
    const { connect, descriptor } = this.connector(key);
    if (connect.kind !== 'oauth') throw new Refusal('invalid', `${descriptor.label} is connected with keys, on its page here.`);
    return connect;
  }

  private connector(key: string): Connector {
    if (!this.registry.has(key)) throw notFound('This system');
    return this.registry.get(key);
  }
}
