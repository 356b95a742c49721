import type { TenantTransaction } from '../../database/tenant-transaction.js';

/**
 * Whoever moves a document posting, an approval or an invoice's state holds the row of the invoice first, in the order of
 * ids. So each sees what the one before committed, and none waits for another in a circle. Read what you decide by only
 * afterwards: the statement that takes the lock still sees the rows as they were before it had to wait.
 */
export async function lockInvoices(tx: TenantTransaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query('select id from invoice where tenant_id = $1 and id = any($2) order by id for update', [tx.tenantId, ids]);
}
