import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import type { AccountingLedger, CodeMapping, LedgerCodes, LedgerProfile } from '../ports/accounting-ledger.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { VendorReferenceRepository, type MappedCode, type MappingKind } from './vendor-reference.repository.js';

/** For how long what a ledger said about itself is taken for true; milliseconds. */
export class ReferenceAges {
  constructor(
    readonly profileMs: number = 600_000,
    readonly codesMs: number = 3_600_000,
  ) {}
}

/** What a ledger is set up with: profile and codes, remembered for a while, and the tenant's mapping onto them. */
@Injectable()
export class LedgerSetup {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
    private readonly ages: ReferenceAges,
    private readonly reference: VendorReferenceRepository,
  ) {}

  async profile(tenantId: string, connectionId: string, ledger: AccountingLedger): Promise<LedgerProfile> {
    return await this.remembered(tenantId, connectionId, 'profile', this.ages.profileMs, () => ledger.profile());
  }

  async codes(tenantId: string, connectionId: string, ledger: AccountingLedger): Promise<LedgerCodes> {
    return await this.remembered(tenantId, connectionId, 'codes', this.ages.codesMs, () => ledger.codes());
  }

  /** The tenant's mapping; on first use the ledger's own suggestion, saved so that people see and change it. */
  async mapping(tenantId: string, connectionId: string, ledger: AccountingLedger, codes: LedgerCodes): Promise<CodeMapping> {
    return await this.tx.run(tenantId, async () => {
      const rows = await this.reference.mappings(connectionId);
      if (rows.length > 0) return toMapping(rows);
      const suggested = ledger.suggestMapping(codes);
      const entries = [
        ...Object.entries(suggested.categories).map(([key, code]) => ({ kind: 'category' as const, key, code })),
        ...Object.entries(suggested.taxes).map(([key, code]) => ({ kind: 'tax' as const, key, code })),
      ];
      await this.reference.suggestMappings(connectionId, entries, 'Countersign');
      return suggested;
    });
  }

  async forget(tenantId: string, connectionId: string): Promise<void> {
    await this.tx.run(tenantId, () => this.reference.forget(connectionId));
  }

  private async remembered<T>(tenantId: string, connectionId: string, kind: string, ageMs: number, ask: () => Promise<T>): Promise<T> {
    const now = this.clock.now();
    const known = await this.tx.run(tenantId, () => this.reference.remembered<T>(connectionId, kind));
    if (known && now.getTime() - known.fetchedAt.getTime() < ageMs) return known.value;
    const payload = await ask();
    await this.tx.run(tenantId, () => this.reference.remember(connectionId, kind, payload, now));
    return payload;
  }
}

function toMapping(rows: readonly MappedCode[]): CodeMapping {
  const of = (kind: MappingKind) => Object.fromEntries(rows.filter((row) => row.kind === kind).map((row) => [row.key, row.code]));
  return { categories: of('category'), taxes: of('tax') };
}
