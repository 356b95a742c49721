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
import { QuickbooksClient } from './client.js';
import { companyLists, type CompanyLists } from './company-lists.js';
import { quickbooksDescriptor, type QuickbooksSettings } from './descriptor.js';
import { QuickbooksLedger } from './ledger.js';
import { quickbooksConnect } from './oauth.js';
import { quickbooksWebhooks } from './webhook.js';

export { quickbooksDescriptor } from './descriptor.js';

/** Companies whose customers and items are kept in memory; the one used longest ago goes first. */
const MOST_COMPANIES = 50;

@Injectable()
export class QuickbooksConnector implements Connector {
  readonly descriptor: ConnectorDescriptor = quickbooksDescriptor;
  readonly connect: OAuthConnect;
  readonly webhooks: WebhookReceiver;
  private readonly settings: QuickbooksSettings;
  private readonly companies = new LRUCache<string, CompanyLists>({ max: MOST_COMPANIES });

  constructor(@Inject(CONNECTOR_ENVIRONMENT) environment: ConnectorEnvironment) {
    this.settings = quickbooksDescriptor.environment.parse(environment);
    this.connect = quickbooksConnect(this.settings);
    this.webhooks = quickbooksWebhooks(this.settings.QUICKBOOKS_WEBHOOK_TOKEN);
  }

  open(context: ConnectorContext): OpenConnector {
    const apiUrl = context.apiAddress ?? this.settings.QUICKBOOKS_API_URL;
    const client = new QuickbooksClient(context, apiUrl, this.settings.QUICKBOOKS_TIMEOUT_MS);
    const lists = this.listsOf(`${apiUrl} ${context.externalAccountId}`);
    return { ledger: new QuickbooksLedger(client, lists, this.settings.QUICKBOOKS_APP_URL) };
  }

  private listsOf(key: string): CompanyLists {
    const lists = this.companies.get(key) ?? companyLists();
    this.companies.set(key, lists);
    return lists;
  }
}

@Module({ providers: [QuickbooksConnector], exports: [QuickbooksConnector] })
export class QuickbooksModule {}
