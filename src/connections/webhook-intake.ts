import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { isConnectorError } from '../ports/connector-error.js';
import type { Connector, VendorEvent, WebhookReceiver } from '../ports/connector.js';
import { Budgets } from '../database/budgets/budgets.js';
import { ConnectionRouteRepository, type RoutedConnection } from './connection-route.repository.js';
import { ConnectionRepository } from './connection.repository.js';
import { SyncRunRepository } from '../jobs/sync-run.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { ConnectorRegistry } from './connector-registry.js';
import { SealedCredentials } from './sealed-credentials.js';

export interface WebhookCall {
  connector: string;
  /** In the address, for vendors that call each connection apart. */
  connectionId?: string | undefined;
  rawBody: Buffer;
  headers: Readonly<Record<string, string | undefined>>;
}

/** `taken` also where nobody here links the account: the vendor can do nothing about that. */
export type WebhookAnswer = 'taken' | 'wrong_signature' | 'unreadable' | 'no_such_address';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REQUESTED_BY = 'A change at the vendor';

/**
 * Takes what vendors call us with. A call is verified first and is only ever a hint: it asks for a run that reads the truth,
 * at most one waiting for each connection, so that a thousand calls cost the vendor's limits no more than one.
 */
@Injectable()
export class WebhookIntake {
  private readonly log = new Logger('webhooks');
  private readonly strangers = new Map<string, number>();

  constructor(
    private readonly registry: ConnectorRegistry,
    private readonly routes: ConnectionRouteRepository,
    private readonly connections: ConnectionRepository,
    private readonly credentials: SealedCredentials,
    private readonly runs: SyncRunRepository,
    private readonly tx: TenantTransaction,
    private readonly budgets: Budgets,
  ) {}

  /** Events for accounts that nobody here links, by connector, since this process started. */
  get unknownAccounts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.strangers);
  }

  async take(call: WebhookCall): Promise<WebhookAnswer> {
    const connector = this.registry.has(call.connector) ? this.registry.get(call.connector) : undefined;
    const receiver = connector?.webhooks;
    if (!connector || !receiver || (receiver.shape === 'per-app') !== (call.connectionId === undefined)) return 'no_such_address';
    return call.connectionId === undefined
      ? await this.takeForApp(connector, receiver, call)
      : await this.takeForConnection(connector, receiver, call, call.connectionId);
  }

  private async takeForApp(connector: Connector, receiver: WebhookReceiver, { rawBody, headers }: WebhookCall): Promise<WebhookAnswer> {
    if (!(await receiver.verify({ rawBody, headers }))) return 'wrong_signature';
    const events = eventsOf(receiver, rawBody);
    if (!events) return 'unreadable';
    return await this.once(connector.descriptor.key, rawBody, events, () => this.hintAccounts(connector, events));
  }

  private async hintAccounts(connector: Connector, events: readonly VendorEvent[]): Promise<boolean> {
    const { key } = connector.descriptor;
    let asked = false;
    for (const account of new Set(events.map((event) => event.externalAccountId))) {
      const linked = await this.routes.ofAccount(key, account);
      if (linked.length === 0) this.countStranger(key);
      for (const route of linked) asked = (await this.hint(connector, route)) || asked;
    }
    return asked;
  }

  private async takeForConnection(
    connector: Connector,
    receiver: WebhookReceiver,
    { rawBody, headers }: WebhookCall,
    connectionId: string,
  ): Promise<WebhookAnswer> {
    const route = UUID.test(connectionId) ? await this.routes.ofConnection(connector.descriptor.key, connectionId) : undefined;
    // The same answer as for a forged call: nobody learns from it which connections there are.
    if (!route) return 'wrong_signature';
    const { tenantId, externalAccountId } = route;
    const credentials = await this.credentialsOf(tenantId, connectionId);
    if (!credentials || !(await receiver.verify({ rawBody, headers, credentials }))) return 'wrong_signature';
    const events = eventsOf(receiver, rawBody, externalAccountId);
    if (!events) return 'unreadable';
    return await this.once(`${connector.descriptor.key} ${connectionId}`, rawBody, events, () =>
      this.hint(connector, { tenantId, connectionId }),
    );
  }

  /**
   * The same signed bytes again are the vendor's repetition of a call whose answer got lost, or somebody's who kept it: both are
   * answered like the first and do nothing. Noted only when it led to something, so that a call that failed is worked on again
   * and one that concerns nobody leaves no trace.
   */
  private async once(to: string, rawBody: Buffer, events: readonly VendorEvent[], work: () => Promise<boolean>): Promise<WebhookAnswer> {
    if (events.length === 0) return 'taken';
    const call = `${to} ${createHash('sha256').update(rawBody).digest('hex')}`;
    if (await this.budgets.wasTaken(call)) return 'taken';
    if (await work()) await this.budgets.noteTaken(call);
    return 'taken';
  }

  private async credentialsOf(tenantId: string, connectionId: string) {
    try {
      return (await this.credentials.read(tenantId, connectionId)).credentials;
    } catch (error) {
      // Without a grant there is nothing to verify with; the call is as good as forged.
      if (isConnectorError(error)) return undefined;
      throw error;
    }
  }

  /** Whether there is somebody to look, who then does. */
  private async hint({ descriptor }: Connector, { tenantId, connectionId }: RoutedConnection): Promise<boolean> {
    return await this.tx.run(tenantId, async () => {
      const row = await this.connections.get(connectionId);
      if (row.state !== 'connected' || row.pausedAt) return false;
      await this.runs.request(connectionId, descriptor.capabilities.billingSource ? 'pull' : 'settle', REQUESTED_BY);
      return true;
    });
  }

  private countStranger(connector: string): void {
    const count = (this.strangers.get(connector) ?? 0) + 1;
    this.strangers.set(connector, count);
    // Every power of two, so that a flood does not fill the log.
    if ((count & (count - 1)) === 0) this.log.warn(`${connector} told of accounts that nobody here links, ${count} times since the start`);
  }
}

function eventsOf(receiver: WebhookReceiver, rawBody: Buffer, externalAccountId?: string): VendorEvent[] | undefined {
  try {
    return receiver.events(rawBody, externalAccountId);
  } catch (error) {
    if (isConnectorError(error)) return undefined;
    throw error;
  }
}
