import { countRequests } from './count-requests.js';
import type { BenchRow } from './row.js';

const UNKNOWN_ANYWAY = 4;

export async function run(): Promise<BenchRow> {
  return await countRequests({
    key: 'quickbooks',
    target: 10,
    forget: ({ sandboxes }, most) => {
      const rows = sandboxes.quickbooks.store.all<{ Id: string }>('Customer');
      // Some of the invoiced customers are unknown to this ledger anyway.
      for (const { Id } of rows.slice(0, most - UNKNOWN_ANYWAY)) sandboxes.quickbooks.store.delete('Customer', Id);
    },
    isAttachment: (path) => /\/upload|Attachable/.test(path),
  });
}
