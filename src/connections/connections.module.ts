import { Module } from '@nestjs/common';
import { CONNECTORS } from '../connectors/index.js';
import { VaultModule } from '../platform/vault/vault.module.js';
import { BudgetsModule } from '../database/budgets/budgets.module.js';
import { AccountBinding } from './account-binding.js';
import { CodeMappings } from './code-mappings.js';
import { Connect } from './connect.js';
import { ConnectionSetup } from './connection-setup.js';
import { CONNECTOR_DESCRIPTORS, ConnectorCatalog } from './connector-catalog.js';
import { ConnectorRegistry } from './connector-registry.js';
import { Disconnect } from './disconnect.js';
import { Handshakes } from './handshake.js';
import { KeyRotation } from './key-rotation.js';
import { LedgerSetup, ReferenceAges } from './ledger-setup.js';
import { LimitWaits } from './limit-waits.js';
import { PendingGrants } from './pending-grants.js';
import { SealedCredentials } from './sealed-credentials.js';
import { ConnectionSettings } from './settings.js';
import { SyncRunCommands } from './sync-run-commands.js';
import { Vendors } from './vendors.js';
import { WebhookIntake } from './webhook-intake.js';

const SHARED = [
  CodeMappings,
  Connect,
  ConnectionSettings,
  ConnectorCatalog,
  ConnectorRegistry,
  Disconnect,
  KeyRotation,
  LedgerSetup,
  LimitWaits,
  SealedCredentials,
  SyncRunCommands,
  Vendors,
  WebhookIntake,
];

/** Everything between a tenant and its vendors. Needs storage, `Config` and the connectors' environment from global modules. */
@Module({
  imports: [VaultModule, BudgetsModule, ...CONNECTORS.map((entry) => entry.module)],
  providers: [
    ...SHARED,
    AccountBinding,
    ConnectionSetup,
    Handshakes,
    PendingGrants,
    { provide: CONNECTOR_DESCRIPTORS, inject: [ConnectorRegistry], useFactory: (registry: ConnectorRegistry) => registry.descriptors() },
    { provide: ReferenceAges, useFactory: () => new ReferenceAges() },
  ],
  exports: SHARED,
})
export class ConnectionsModule {}
