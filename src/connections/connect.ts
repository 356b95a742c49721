import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../domain/refusal.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import type { Connector, ConnectorDescriptor, ExternalAccount, FormConnect, OAuthConnect } from '../ports/connector.js';
import type { Principal } from '../database/audit/actor.js';
import { AccountBinding } from './account-binding.js';
import { ConnectorRegistry } from './connector-registry.js';
import { withExpiry } from './grant-expiry.js';
import { Handshakes } from './handshake.js';
import { PendingGrants, type ReceivedGrant } from './pending-grants.js';

/** Where the person goes next: done, or choosing among the accounts that the grant opens. */
export type ConnectOutcome = { connectionId: string; isNew: boolean } | { pendingGrantId: string; accounts: ExternalAccount[] };

export interface ConnectOffer {
  label: string;
  capabilities: ConnectorDescriptor['capabilities'];
  fields: FormConnect['fields'] | undefined;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** From "Connect" to a connection that works: consent or keys, then the account. */
@Injectable()
export class Connect {
  constructor(
    private readonly registry: ConnectorRegistry,
    private readonly handshakes: Handshakes,
    private readonly pending: PendingGrants,
    private readonly binding: AccountBinding,
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
    return await this.binding.bind(caller, this.connector(connector).descriptor, grant, account);
  }

  private async accept(caller: Principal, connector: string, grant: ReceivedGrant): Promise<ConnectOutcome> {
    const [only, ...more] = grant.accounts;
    if (!only) throw new Refusal('invalid', 'The grant opens no account. Connect again and choose one.');
    if (more.length === 0) return await this.binding.bind(caller, this.connector(connector).descriptor, grant, only);
    return { pendingGrantId: await this.pending.keep(caller, connector, grant), accounts: grant.accounts };
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
