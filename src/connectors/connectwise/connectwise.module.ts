import { Inject, Injectable, Module } from '@nestjs/common';
import {
  CONNECTOR_ENVIRONMENT,
  type Connector,
  type ConnectorContext,
  type ConnectorDescriptor,
  type ConnectorEnvironment,
  type FormConnect,
  type OpenConnector,
  type WebhookReceiver,
} from '../../ports/connector.js';
import { registerCallbacks, removeCallbacks } from './callbacks.js';
import { ConnectwiseClient } from './client.js';
import { Codebases } from './codebases.js';
import { connectwiseConnect } from './connect.js';
import { connectwiseDescriptor, type ConnectwiseSettings } from './descriptor.js';
import { mapInvoice } from './map/map-invoice.js';
import { ConnectwisePayments } from './payments.js';
import { SigningKeys } from './signing-keys.js';
import { ConnectwiseSource } from './source.js';
import { connectwiseWebhooks } from './webhook.js';

export { connectwiseDescriptor };

@Injectable()
export class ConnectwiseConnector implements Connector {
  readonly descriptor: ConnectorDescriptor = connectwiseDescriptor;
  readonly connect: FormConnect;
  readonly webhooks: WebhookReceiver;
  readonly mapInvoice = mapInvoice;
  private readonly settings: ConnectwiseSettings;
  private readonly codebases = new Codebases();

  constructor(@Inject(CONNECTOR_ENVIRONMENT) environment: ConnectorEnvironment) {
    this.settings = connectwiseDescriptor.environment.parse(environment);
    this.connect = connectwiseConnect(this.settings);
    this.webhooks = connectwiseWebhooks(new SigningKeys(this.settings));
  }

  open(context: ConnectorContext): OpenConnector {
    const client = this.client(context);
    return { source: new ConnectwiseSource(context, client), payments: new ConnectwisePayments(client) };
  }

  /** @param url this connection's address for callbacks; has to end with `recordId=`. @throws ConnectorError */
  registerCallbacks(context: ConnectorContext, url: string): Promise<void> {
    return registerCallbacks(this.client(context), url);
  }

  /** @throws ConnectorError */
  removeCallbacks(context: ConnectorContext, url: string): Promise<void> {
    return removeCallbacks(this.client(context), url);
  }

  private client(context: ConnectorContext): ConnectwiseClient {
    return new ConnectwiseClient(context, this.settings, this.codebases);
  }
}

@Module({ providers: [ConnectwiseConnector], exports: [ConnectwiseConnector] })
export class ConnectwiseModule {}
