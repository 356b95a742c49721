import { Inject, Injectable } from '@nestjs/common';
import { KEY_WRAPPER, type KeyWrapper } from '../platform/vault/key-wrapper.js';
import { TenantKeys } from '../platform/vault/tenant-keys.js';
import { CannotOpen, Vault } from '../platform/vault/vault.js';
import type { Actor } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { SEALED_COLUMNS, type SealedColumn } from '../database/sealed-columns.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { SealedValueRepository, type SealedValue } from './sealed-value.repository.js';

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
    private readonly values: SealedValueRepository,
  ) {}

  /** @throws KeysUnavailable */
  async state(tenantId: string): Promise<KeyState> {
    const [key, current] = [await this.tenantKeys.state(tenantId), await this.wrapper.currentKeyId()];
    const counts = await this.tx.run(tenantId, async () => {
      const each = [];
      for (const column of SEALED_COLUMNS) each.push(await this.values.count(column, key?.id));
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

  private async rest(tenantId: string, column: SealedColumn, after: string): Promise<SealedValue[]> {
    const key = await this.tenantKeys.state(tenantId);
    return await this.tx.run(tenantId, () => this.values.rest(column, key?.id, after));
  }

  /** @returns how many rows it changed: none when somebody sealed anew meanwhile; undefined when it does not open */
  private async lift(tenantId: string, column: SealedColumn, value: SealedValue): Promise<number | undefined> {
    try {
      const lifted = await this.vault.rewrap(value.sealed, { tenantId, connectionId: value.id, field: column.field });
      return await this.tx.run(tenantId, () => this.values.replace(column, value, lifted));
    } catch (error) {
      if (error instanceof CannotOpen) return undefined;
      throw error;
    }
  }
}
