import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/refusal.js';
import { LEDGER_CATEGORIES, type LedgerCode, type LedgerCodes } from '../ports/accounting-ledger.js';
import type { BillingStatus } from '../ports/billing-source.js';
import type { Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { ConnectionRepository } from './connection.repository.js';
import { JobQueue } from '../jobs/job-queue.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { STATUSES } from './connection-setup.js';
import { mayBeWritten, STATUS_EVENTS } from './status-mapping.js';
import { VendorReferenceRepository, type MappingKind } from './vendor-reference.repository.js';

export interface MappingEdit {
  kind: MappingKind;
  key: string;
  /** The vendor's code; null takes the mapping away. */
  code: string | null;
}

/** Our categories, taxes and decisions → the vendor's codes. Only codes the vendor was seen to have can be chosen. */
@Injectable()
export class CodeMappings {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connections: ConnectionRepository,
    private readonly jobs: JobQueue,
    private readonly audit: AuditLog,
    private readonly reference: VendorReferenceRepository,
  ) {}

  /** What can be chosen, as the vendor said it last; undefined before the first look. */
  async ledgerCodes(tenantId: string, connectionId: string): Promise<LedgerCodes | undefined> {
    return await this.tx.run(tenantId, () => this.remembered<LedgerCodes>(connectionId, 'codes'));
  }

  async statuses(tenantId: string, connectionId: string): Promise<BillingStatus[] | undefined> {
    return await this.tx.run(tenantId, () => this.remembered<BillingStatus[]>(connectionId, STATUSES));
  }

  /** All or none. @throws Refusal 'invalid' with the key of the first edit that cannot be */
  async edit(caller: Principal, connectionId: string, edits: readonly MappingEdit[]): Promise<void> {
    const { tenantId } = caller;
    await this.tx.run(tenantId, async () => {
      await this.connections.lock(connectionId);
      const before = await this.reference.mappings(connectionId);
      for (const edit of edits) await this.assertPossible(connectionId, edit);
      for (const edit of edits) await this.save(caller, connectionId, edit);
      const was = (edit: MappingEdit) => before.find((row) => row.kind === edit.kind && row.key === edit.key)?.code ?? null;
      await this.audit.record(caller.actor, {
        action: 'connection.codes_mapped',
        subject: { kind: 'connection', id: connectionId },
        before: Object.fromEntries(edits.map((edit) => [`${edit.kind}.${edit.key}`, was(edit)])),
        after: Object.fromEntries(edits.map((edit) => [`${edit.kind}.${edit.key}`, edit.code])),
      });
      // What was left waiting for a code goes on.
      await this.jobs.enqueue('posting.send', connectionId);
    });
  }

  private async assertPossible(connectionId: string, edit: MappingEdit): Promise<void> {
    const field = { field: `${edit.kind}.${edit.key}` };
    if (edit.kind === 'category' && !(LEDGER_CATEGORIES as readonly string[]).includes(edit.key))
      throw new Refusal('invalid', 'There is no such kind of charge.', field);
    if (edit.kind === 'status' && !(STATUS_EVENTS as readonly string[]).includes(edit.key))
      throw new Refusal('invalid', 'There is no such decision.', field);
    if (edit.key.trim() === '' || edit.key.length > 100) throw new Refusal('invalid', 'A tax needs its code.', field);
    if (edit.code === null) return;
    if (edit.kind === 'status') return await this.assertStatus(connectionId, edit.code, field);
    const codes = await this.remembered<LedgerCodes>(connectionId, 'codes');
    const offered: LedgerCode[] = (edit.kind === 'tax' ? codes?.taxes : codes?.categories) ?? [];
    if (!offered.some((candidate) => candidate.code === edit.code && candidate.active))
      throw new Refusal('invalid', `The ledger has no active code "${edit.code}". Check the connection to read its list again.`, field);
  }

  private async assertStatus(connectionId: string, code: string, field: object): Promise<void> {
    const status = (await this.remembered<BillingStatus[]>(connectionId, STATUSES))?.find(({ externalId }) => externalId === code);
    if (!status)
      throw new Refusal('invalid', 'There is no such billing status. Check the connection to read the list again.', { ...field });
    if (!mayBeWritten(status))
      throw new Refusal(
        'invalid',
        `"${status.name}" marks invoices as sent or closes them, which Countersign must not do. Pick another status.`,
        { ...field },
      );
  }

  private async save(caller: Principal, connectionId: string, { kind, key, code }: MappingEdit): Promise<void> {
    if (code === null) await this.reference.removeMapping(connectionId, kind, key);
    else await this.reference.setMapping(connectionId, { kind, key, code }, caller.actor.label);
  }

  private async remembered<T>(connectionId: string, kind: string): Promise<T | undefined> {
    return (await this.reference.remembered<T>(connectionId, kind))?.value;
  }
}
