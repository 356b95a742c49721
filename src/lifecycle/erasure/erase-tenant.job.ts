import { Injectable } from '@nestjs/common';
import { Disconnect } from '../../connections/disconnect.js';
import { ConnectorRegistry } from '../../connections/connector-registry.js';
import { Clock } from '../../platform/clock/clock.js';
import { JobHandler } from '../../jobs/job-handler.js';
import { AuditKeeper } from '../../database/audit/audit-keeper.js';
import type { JobPayload } from '../../database/queues.js';
import { Leases } from '../../database/leases.js';
import { ErasureRepository } from './erasure.repository.js';
import { TenantShredding } from '../../connections/tenant-shredding.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import { TenantSettingsRepository } from '../../identity/tenant-settings.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { ExportFiles } from '../export/exports.js';
import { Certificates } from './certificates.js';

const LEASE_MS = 60_000;
/** Invoices or rows in one transaction. */
const BATCH = 500;

/**
 * Erases a tenant: out of the vendors' reach first, then the keys, the files, the rows, the people, and the certificate with the last
 * row. Every step can be done twice and each batch counts itself, so whoever comes after a crash goes on.
 */
@Injectable()
export class EraseTenantJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly erasures: ErasureRepository,
    private readonly settings: TenantSettingsRepository,
    private readonly connections: ConnectionRepository,
    private readonly disconnection: Disconnect,
    private readonly registry: ConnectorRegistry,
    private readonly keys: TenantShredding,
    private readonly files: ExportFiles,
    private readonly keeper: AuditKeeper,
    private readonly certificates: Certificates,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  @JobHandler('lifecycle.erase')
  async erase({ tenantId, id }: JobPayload, signal: AbortSignal): Promise<void> {
    const row = await this.tx.run(tenantId, () => this.erasures.tenantErasure(id));
    if (!row || row.state === 'cancelled') return;
    const held = await this.leases.hold(tenantId, 'erasure', LEASE_MS, (lease) =>
      this.work(tenantId, id, AbortSignal.any([signal, lease.signal])),
    );
    if (!held) throw new Error('Another process is erasing this tenant');
  }

  private async work(tenantId: string, id: string, signal: AbortSignal): Promise<void> {
    // Undone, not due, or under a hold that was set meanwhile: it is asked again tomorrow.
    if (!(await this.tx.run(tenantId, () => this.erasures.begin(this.clock.now())))) return;
    await this.leaveVendors(tenantId, id, signal);
    await this.keys.shredTenant(tenantId);
    await this.files.removeAll(tenantId);
    await this.count(tenantId, id, async () => ({ job: await this.erasures.dropJobs(id) }));
    do signal.throwIfAborted();
    while (await this.count(tenantId, id, () => this.erasures.batch(BATCH)));
    for (const personId of await this.tx.run(tenantId, () => this.erasures.people())) await this.leavePerson(tenantId, id, personId);
    await this.tx.run(tenantId, () => this.finish(id));
  }

  /** What is told, and what a vendor said to it, is for the certificate. One that does not answer keeps nobody from being erased. */
  private async leaveVendors(tenantId: string, id: string, signal: AbortSignal): Promise<void> {
    const rows = await this.tx.run(tenantId, () => this.connections.all());
    const caller = { tenantId, role: 'owner' as const, actor: { kind: 'system' as const, id: 'countersign', label: 'Countersign' } };
    for (const { id: connectionId, connector, state } of rows) {
      if (state === 'disconnected') continue;
      signal.throwIfAborted();
      const label = this.registry.has(connector) ? this.registry.get(connector).descriptor.label : connector;
      const note = await this.leaveVendor(label, async () => (await this.disconnection.end(caller, connectionId)).revoked);
      await this.note(tenantId, id, note);
    }
  }

  private async leaveVendor(label: string, disconnect: () => Promise<boolean>): Promise<string> {
    try {
      if (await disconnect()) return `${label} has taken back the authorisation.`;
      return `The authorisation at ${label} was forgotten here; whoever gave it can end it there, too.`;
    } catch {
      return `${label} could not be told. Whoever gave the authorisation should end it there.`;
    }
  }

  private async note(tenantId: string, id: string, note: string): Promise<void> {
    await this.tx.run(tenantId, async () => {
      const row = await this.erasures.tenantErasure(id);
      await this.erasures.changeTenantErasure(id, { notes: [...(row?.notes ?? []), note] });
    });
  }

  private async leavePerson(tenantId: string, id: string, personId: string): Promise<void> {
    await this.count(tenantId, id, async () => {
      await this.erasures.endMembership(personId);
      const outcome = await this.erasures.forget(personId);
      return { membership: 1, ...(outcome !== 'member' && { person: 1 }) };
    });
  }

  /** Counts in the transaction that deletes. @returns whether anything was deleted */
  private async count(tenantId: string, id: string, work: () => Promise<Record<string, number>>): Promise<boolean> {
    return await this.tx.run(tenantId, async () => {
      const gone = await work();
      if (Object.values(gone).every((rows) => rows === 0)) return false;
      const counts = { ...(await this.erasures.tenantErasure(id))?.counts };
      for (const [table, rows] of Object.entries(gone)) if (rows > 0) counts[table] = (counts[table] ?? 0) + rows;
      await this.erasures.changeTenantErasure(id, { counts });
      return true;
    });
  }

  /** The audit goes last, since the steps before are in it; where its chain ended stays on the certificate. */
  private async finish(id: string): Promise<void> {
    const { tenantId } = this.tx;
    const row = await this.erasures.tenantErasure(id);
    if (!row) throw new Error(`There is no erasure ${id}`);
    const { name } = await this.settings.get();
    const head = await this.keeper.close();
    const issuedAt = this.clock.now();
    const certificate = this.certificates.issue({
      kind: 'tenant',
      certificate: row.certificateId,
      tenantId,
      company: name,
      requestedAt: row.requestedAt.toISOString(),
      requestedBy: { kind: row.requestedByKind, id: row.requestedById },
      erasedAt: issuedAt.toISOString(),
      rows: row.counts,
      vendors: row.notes,
      auditHead: head ?? null,
      kept: [
        'This certificate: the company’s name and what is counted here.',
        'Backups, until each is replaced by a newer one, and what the vendors hold in their own right.',
      ],
    });
    await this.erasures.finish(row.certificateId, certificate, issuedAt);
  }
}
