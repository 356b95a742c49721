import { Inject, Injectable, Module } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  CONNECTOR_ENVIRONMENT,
  type Connector,
  type ConnectorContext,
  type ConnectorDescriptor,
  type ConnectorEnvironment,
  type OAuthConnect,
  type OpenConnector,
  type WebhookReceiver,
} from '../../ports/connector.js';
import { XeroClient } from './client.js';
import { ContactDirectory } from './contact-directory.js';
import { xeroDescriptor, type XeroSettings } from './descriptor.js';
import { XeroLedger } from './ledger.js';
import { xeroConnect } from './oauth.js';
import { xeroWebhooks } from './webhook.js';

export { xeroDescriptor };

/** Organisations whose contacts are kept in memory; the one used longest ago goes first. */
const MOST_DIRECTORIES = 50;

@Injectable()
export class XeroConnector implements Connector {
  readonly descriptor: ConnectorDescriptor;
  readonly connect: OAuthConnect;
  readonly webhooks: WebhookReceiver;
  private readonly settings: XeroSettings;
  private readonly directories = new LRUCache<string, ContactDirectory>({ max: MOST_DIRECTORIES });

  constructor(@Inject(CONNECTOR_ENVIRONMENT) environment: ConnectorEnvironment) {
    this.settings = xeroDescriptor.environment.parse(environment);
    this.descriptor = { ...xeroDescriptor, limits: { ...xeroDescriptor.limits, perDay: this.settings.XERO_CALLS_PER_DAY } };
    this.connect = xeroConnect(this.settings);
    this.webhooks = xeroWebhooks(this.settings.XERO_WEBHOOK_KEY);
  }

  open(context: ConnectorContext): OpenConnector {
    const apiUrl = context.apiAddress ?? this.settings.XERO_API_URL;
    const client = new XeroClient(context, apiUrl, this.settings.XERO_TIMEOUT_MS);
    const directory = this.directoryOf(`${apiUrl} ${context.externalAccountId}`);
    return { ledger: new XeroLedger(context, client, directory, this.settings.XERO_APP_URL) };
  }

  private directoryOf(key: string): ContactDirectory {
    const directory = this.directories.get(key) ?? new ContactDirectory();
    this.directories.set(key, directory);
    return directory;
  }
}

@Module({ providers: [XeroConnector], exports: [XeroConnector] })
export class XeroModule {}
