import { countRequests } from './count-requests.js';
import type { BenchRow } from './row.js';

export async function run(): Promise<BenchRow> {
  return await countRequests({
    key: 'xero',
    target: 6,
    forget: ({ sandboxes }, most) => {
      const rows = sandboxes.xero.store.all<{ id: string }>('contact');
      for (const { id } of rows.slice(0, most)) sandboxes.xero.store.delete('contact', id);
    },
    isAttachment: (path) => path.includes('/Attachments/'),
  });
}
