import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../domain/refusal.js';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { ConnectionEntity } from './connection.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

export interface BoundAccount {
  connector: string;
  externalAccountId: string;
  label: string;
  apiAddress?: string | undefined;
  /** Of `idFor`. */
  id: string;
  /** The grant, sealed for the connection with this id. */
  sealed: string;
}

/** A tenant's links to vendor accounts, as rows: one for each account, for ever. */
@Injectable()
export class ConnectionRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal 'not_found' */
  async get(id: string): Promise<ConnectionEntity> {
    const row = await this.tx.rows(ConnectionEntity).findOneBy({ tenantId: this.tx.tenantId, id });
    if (!row) throw notFound('This connection');
    return row;
  }

  /** The same, held until the transaction ends, so that what is decided by it still holds when it is written. */
  async lock(id: string): Promise<ConnectionEntity> {
    const row = await this.tx
      .rows(ConnectionEntity)
      .findOne({ where: { tenantId: this.tx.tenantId, id }, lock: { mode: 'pessimistic_write' } });
    if (!row) throw notFound('This connection');
    return row;
  }

  /** From preview to the real books, once. @throws Refusal 'conflict' when it was started before, or cannot write now */
  async startPosting(id: string, from: string): Promise<void> {
    const { postingMode, goLiveDate, state } = await this.lock(id);
    if (postingMode === 'live')
      throw new Refusal('conflict', `Posting has been started here already, for invoices dated from ${goLiveDate ?? 'any day'} on.`, {
        goLiveDate,
      });
    if (state !== 'connected') throw new Refusal('conflict', 'This connection is not authorised. Press Reconnect first.');
    await this.tx
      .rows(ConnectionEntity)
      .update({ tenantId: this.tx.tenantId, id }, { postingMode: 'live', goLiveDate: from, updatedAt: this.clock.now() });
  }

  async all(): Promise<ConnectionEntity[]> {
    return await this.tx.rows(ConnectionEntity).find({ where: { tenantId: this.tx.tenantId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /** Under which id an account will be bound: known beforehand, because the grant is sealed for it outside of a transaction. */
  async idFor(connector: string, externalAccountId: string): Promise<string> {
    const { tenantId } = this.tx;
    return (await this.tx.rows(ConnectionEntity).findOneBy({ tenantId, connector, externalAccountId }))?.id ?? uuidv7();
  }

  /**
   * Binds the account to a new row, or renews the one it has: what people set on that stays, its name included.
   * @returns undefined when somebody else bound the account meanwhile, under another id than the grant was sealed for
   */
  async bind(account: BoundAccount): Promise<{ id: string; isNew: boolean } | undefined> {
    const { tenantId } = this.tx;
    const { id, connector, externalAccountId, label, sealed } = account;
    const apiAddress = account.apiAddress ?? null;
    const made = await this.tx.execute(
      `insert into connection (tenant_id, id, connector, external_account_id, label, api_address, state, sealed_credentials, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, 'connected', $7, $8, $8) on conflict do nothing`,
      [tenantId, id, connector, externalAccountId, label, apiAddress, sealed, this.clock.now()],
    );
    if (made === 1) return { id, isNew: true };
    const renewed = await this.tx.execute(
      `update connection set state = 'connected', sealed_credentials = $3, grant_epoch = grant_epoch + 1, api_address = $4, health = null, updated_at = $5
       where tenant_id = $1 and id = $2 and connector = $6 and external_account_id = $7`,
      [tenantId, id, sealed, apiAddress, this.clock.now(), connector, externalAccountId],
    );
    return renewed === 1 ? { id, isNew: false } : undefined;
  }

  /** The credentials are gone for good; everything else stays for a Reconnect. */
  async unbind(id: string): Promise<void> {
    await this.tx.execute(
      `update connection set state = 'disconnected', sealed_credentials = null, grant_epoch = grant_epoch + 1, health = null, updated_at = $3
       where tenant_id = $1 and id = $2`,
      [this.tx.tenantId, id, this.clock.now()],
    );
  }

  async change(id: string, change: Partial<Pick<ConnectionEntity, 'label' | 'pausedAt' | 'pausedBy' | 'health'>>): Promise<void> {
    await this.tx.rows(ConnectionEntity).update({ tenantId: this.tx.tenantId, id }, { ...change, updatedAt: this.clock.now() });
  }
}
