import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Refusal } from '../../domain/refusal.js';

const WITHOUT_CONTENT =
  'This company keeps no invoice content, so nothing is reviewed or posted here. An owner can change that under Settings, Data.';

/** Whether what invoices say is stored at all. An owner decides that under Settings, Data; see `lifecycle`. */
@Injectable()
export class ContentPolicy {
  constructor(private readonly tx: TenantTransaction) {}

  /** Whether lines, documents and raw payloads are stored. The database itself lets nothing of them in where they are not. */
  async keepsContent(): Promise<boolean> {
    const [row] = await this.tx.query<{ keeps: boolean }>('select keeps_content() as keeps');
    return row?.keeps ?? true;
  }

  /** @throws Refusal: without content there is nothing to consent to, and nothing to send */
  async refuseWithoutContent(): Promise<void> {
    if (!(await this.keepsContent())) throw new Refusal('conflict', WITHOUT_CONTENT, { keepsContent: false });
  }
}
