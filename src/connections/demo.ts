import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { CONNECTORS, type ConnectorEntry } from '../connectors/index.js';
import type { Caller } from '../database/audit/actor.js';
import { ConnectionRepository } from './connection.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { Connect } from './connect.js';
import { pressFirstButton } from './first-button.js';
import { ConnectionSettings } from './settings.js';
import { VendorReferenceRepository } from './vendor-reference.repository.js';

/** Connects the invented vendors at the first start of a sandbox, through everything that a person would go through. */
@Injectable()
export class DemoConnections {
  constructor(
    private readonly connect: Connect,
    private readonly settings: ConnectionSettings,
    private readonly connections: ConnectionRepository,
    private readonly tx: TenantTransaction,
    private readonly config: Config,
    private readonly reference: VendorReferenceRepository,
  ) {}

  /**
   * Vendors that are connected already stay as people left them.
   * @param urls of the running sandbox, by connector key; vendors without one are left out
   * @returns the ledgers that are in preview
   */
  async connectAll(tenantId: string, urls: Readonly<Record<string, string>>): Promise<{ previewLedgers: string[] }> {
    if (!this.config.sandbox) throw new Error('Only a sandbox is connected without a person');
    const caller: Caller = { tenantId, role: 'owner', actor: { kind: 'operator', id: 'sandbox', label: 'The sandbox' } };
    const known = new Set((await this.tx.run(tenantId, () => this.connections.all())).map((row) => row.connector));
    // Sources first: a ledger is mapped to one of their locations.
    for (const entry of CONNECTORS.toSorted((left, right) => rank(left) - rank(right))) {
      const { key } = entry.descriptor;
      if (!known.has(key) && urls[key] !== undefined) await this.connectOne(caller, entry);
    }
    const ledgers = new Set(CONNECTORS.filter((entry) => entry.descriptor.capabilities.accountingLedger).map(keyOf));
    const rows = await this.tx.run(tenantId, () => this.connections.all());
    return { previewLedgers: rows.filter((row) => ledgers.has(row.connector) && row.postingMode === 'preview').map((row) => row.id) };
  }

  private async connectOne(caller: Caller, entry: ConnectorEntry): Promise<void> {
    const { key } = entry.descriptor;
    const { values, location } = await entry.demo();
    const outcome = values ? await this.connect.submit(caller, key, values) : await this.consent(caller, key);
    if (!('connectionId' in outcome)) throw new Error(`The sandbox of ${key} offers several accounts`);
    if (location !== undefined) await this.mapLocation(caller, location, outcome.connectionId);
  }

  private async consent(caller: Caller, key: string) {
    const { location, sealed } = this.connect.begin(caller, key);
    const back = await pressFirstButton(location);
    return await this.connect.complete(caller, key, Object.fromEntries(back.searchParams), sealed);
  }

  private async mapLocation({ tenantId, ...who }: Caller, name: string, ledgerConnectionId: string): Promise<void> {
    const location = await this.tx.run(tenantId, () => this.reference.locationNamed(name));
    if (location)
      await this.settings.mapLocation({ tenantId, ...who }, location.sourceConnectionId, location.externalId, ledgerConnectionId);
  }
}

function keyOf({ descriptor }: ConnectorEntry): string {
  return descriptor.key;
}

function rank({ descriptor }: ConnectorEntry): number {
  return descriptor.capabilities.billingSource ? 0 : 1;
}
