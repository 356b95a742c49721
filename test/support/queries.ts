import { Test, type TestingModule } from '@nestjs/testing';
import { z } from 'zod';
import { Interpret } from '../../src/billing/intake/interpret.js';
import { QUERY_SERVICES } from '../../src/billing/queries/queries.module.js';
import { SyncRunCommands } from '../../src/connections/sync-run-commands.js';
import { CONNECTOR_DESCRIPTORS, ConnectorCatalog } from '../../src/connections/connector-catalog.js';
import { ReviewModule } from '../../src/billing/review/review.module.js';
import { LiveInvoices } from '../../src/billing/invoices/live-invoices.js';
import type { Role } from '../../src/domain/role.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import type { DatabaseUrls } from '../../src/platform/postgres/roles.js';
import type { ConnectorDescriptor } from '../../src/ports/connector.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { dataModules } from './data-modules.js';

const capabilities = { billingSource: false, accountingLedger: false, paymentSink: false };

function descriptor(key: string, label: string, can: Partial<typeof capabilities>, perDay?: number): ConnectorDescriptor {
  const limits = { perMinute: 60, inFlight: 5, ...(perDay && { perDay }) };
  return { key, label, capabilities: { ...capabilities, ...can }, limits, environment: z.object({}), defaultIntervals: {} };
}

const DESCRIPTORS = [
  descriptor('connectwise', 'ConnectWise PSA', { billingSource: true, paymentSink: true }),
  descriptor('quickbooks', 'QuickBooks Online', { accountingLedger: true }),
  descriptor('xero', 'Xero', { accountingLedger: true }, 1_000),
];

/** Storage, intake, review and everything that reads, without a vendor. Close it with `module.close()`. */
export async function openReading(database: DatabaseUrls): Promise<TestingModule> {
  const module = await Test.createTestingModule({
    imports: [...dataModules(database), ReviewModule],
    providers: [
      Interpret,
      ...QUERY_SERVICES,
      ConnectorCatalog,
      SyncRunCommands,
      { provide: CONNECTOR_DESCRIPTORS, useValue: DESCRIPTORS },
      // All content is kept here, so nothing is read live.
      { provide: LiveInvoices, useValue: {} },
    ],
  }).compile();
  return await module.init();
}

export function aPerson(tenantId: string, role: Role, email = `${role}@northlight.example`): Principal {
  const personId = uuidv7();
  return { tenantId, role, email, personId, actor: { kind: 'person', id: personId, label: `${role} of Northlight` } };
}

export function aKey(tenantId: string, role: Role): Principal {
  return { tenantId, role, actor: { kind: 'api_key', id: uuidv7(), label: `${role} key` } };
}
