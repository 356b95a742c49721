import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TenantTransaction } from '../database/tenant-transaction.js';

export interface RoutedConnection {
  tenantId: string;
  connectionId: string;
}

/** From what a vendor names to who links it here: asked before a tenant is known, only through functions that return ids. */
@Injectable()
export class ConnectionRouteRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tx: TenantTransaction,
  ) {}

  /** Every tenant that links this account. */
  async ofAccount(connector: string, externalAccountId: string): Promise<RoutedConnection[]> {
    return await this.dataSource.query<RoutedConnection[]>(
      'select tenant_id as "tenantId", connection_id as "connectionId" from resolve_route($1, $2)',
      [connector, externalAccountId],
    );
  }

  async ofConnection(connector: string, connectionId: string): Promise<{ tenantId: string; externalAccountId: string } | undefined> {
    const [row] = await this.dataSource.query<{ tenantId: string; externalAccountId: string }[]>(
      'select tenant_id as "tenantId", external_account_id as "externalAccountId" from resolve_connection($1, $2)',
      [connector, connectionId],
    );
    return row;
  }

  /** In the open transaction, for its tenant. */
  async register(connector: string, externalAccountId: string, connectionId: string): Promise<void> {
    await this.tx.query('select register_route($1, $2, $3)', [connector, externalAccountId, connectionId]);
  }

  async forget(connectionId: string): Promise<void> {
    await this.tx.query('select forget_route($1)', [connectionId]);
  }
}
