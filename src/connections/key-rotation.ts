import { Inject, Injectable } from '@nestjs/common';
import { KEY_WRAPPER, type KeyWrapper } from '../platform/vault/key-wrapper.js';
import { TenantKeys } from '../platform/vault/tenant-keys.js';
import { CannotOpen, Vault } from '../platform/vault/vault.js';
import type { Actor } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { SEALED_COLUMNS, type SealedColumn } from '../database/sealed-columns.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

const PAGE = 100;

export interface KeyState {
  /** The key of the installation that the tenant's own key is wrapped by; null when there is none (any more). */
  wrappedBy: string | null;
  /** The key that would wrap it now. */
  current: string;
  /** What is sealed for the tenant, its own key included, and how much of it is as a rotation leaves it. */
  total: number;
  done: number;
}

export interface Rotated {
  rewrapped: number;
  /** Envelopes that do not open: they were changed, or the key they need is gone. A Reconnect replaces them. */
  unreadable: number;
}

interface Sealed {
  id: string;
  sealed: string;
}

/**
 * Brings everything that is sealed for a tenant under the keys that seal now, while others read and write. What is done is
 * seen on each envelope, so a rotation that was cut off goes on where it stopped, and two at once do no harm.
 */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vault: Vault,
    private readonly tenantKeys: TenantKeys,
    @Inject(KEY_WRAPPER) private readonly wrapper: KeyWrapper,
    private readonly audit: AuditLog,
  ) {}

  /** @throws KeysUnavailable */
  async state(tenantId: string): Promise<KeyState> {
    const [key, current] = [await this.tenantKeys.state(tenantId), await this.wrapper.currentKeyId()];
    const counts = await this.tx.run(tenantId, async () => {
      const each = [];
      for (const { table, column } of SEALED_COLUMNS) {
        const counted = `select count(*)::int as total, count(*) filter (where ${column} like $2)::int as done
          from ${table} where tenant_id = $1 and ${column} is not null`;
        each.push(...(await this.tx.query<{ total: number; done: number }>(counted, [tenantId, currentPattern(key?.id)])));
      }
      return each;
    });
    const sum = (name: 'total' | 'done') => counts.reduce((all, count) => all + count[name], 0);
    const hasKey = key !== undefined && key.wrappedBy !== null;
    return {
      wrappedBy: key?.wrappedBy ?? null,
      current,
      total: sum('total') + (hasKey ? 1 : 0),
      done: sum('done') + (hasKey && key.wrappedBy === current ? 1 : 0),
    };
  }

  /** @param onStep called for everything that was visited @throws KeysUnavailable, and whatever the signal aborts with */
  async ofTenant(tenantId: string, actor: Actor, onStep: () => void = () => {}, signal?: AbortSignal): Promise<Rotated> {
    const moved = await this.tenantKeys.rewrap(tenantId);
    if (moved) onStep();
    const result: Rotated = { rewrapped: moved ? 1 : 0, unreadable: 0 };
    for (const column of SEALED_COLUMNS) await this.column(tenantId, column, result, onStep, signal);
    if (result.rewrapped > 0) {
      const to = (await this.tenantKeys.state(tenantId))?.wrappedBy;
      await this.tx.run(tenantId, () =>
        this.audit.record(actor, {
          action: 'tenant.keys_rotated',
          subject: { kind: 'tenant', id: tenantId },
          ...(moved && { before: { key: moved.from } }),
          after: { key: to, ...result },
        }),
      );
    }
    return result;
  }

  private async column(
    tenantId: string,
    column: SealedColumn,
    result: Rotated,
    onStep: () => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      signal?.throwIfAborted();
      const page = await this.rest(tenantId, column, after);
      for (const row of page) {
        const lifted = await this.lift(tenantId, column, row);
        if (lifted === undefined) result.unreadable += 1;
        else result.rewrapped += lifted;
        onStep();
      }
      const last = page.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  private async rest(tenantId: string, { table, column }: SealedColumn, after: string): Promise<Sealed[]> {
    const key = await this.tenantKeys.state(tenantId);
    const select = `select id, ${column} as sealed from ${table}
      where tenant_id = $1 and id > $3 and ${column} is not null and ${column} not like $2 order by id limit ${PAGE}`;
    return await this.tx.run(tenantId, () => this.tx.query<Sealed>(select, [tenantId, currentPattern(key?.id), after]));
  }

  /** @returns how many rows it changed: none when somebody sealed anew meanwhile; undefined when it does not open */
  private async lift(tenantId: string, { table, column, field }: SealedColumn, { id, sealed }: Sealed): Promise<number | undefined> {
    try {
      const lifted = await this.vault.rewrap(sealed, { tenantId, connectionId: id, field });
      const update = `update ${table} set ${column} = $4 where tenant_id = $1 and id = $2 and ${column} = $3`;
      return await this.tx.run(tenantId, () => this.tx.execute(update, [tenantId, id, sealed, lifted]));
    } catch (error) {
      if (error instanceof CannotOpen) return undefined;
      throw error;
    }
  }
}

/** What an envelope under the tenant's key looks like to LIKE; a tenant without a key has none. */
function currentPattern(keyId: string | undefined): string {
  return `v2.${keyId ?? 'none'}.%`;
}
