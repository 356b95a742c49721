import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { TenantTransaction } from '../tenant-transaction.js';
import { commitTo, genesisOf, hashOf, COLUMNS_OF_A_SEAL, type SealedEvent } from './seal-format.js';

const BATCH = 500;

interface Head {
  sequence: string;
  hash: Buffer;
}

/**
 * Chains the events of a tenant. Takes those that have no seal, whenever their transaction committed, so none is passed over
 * for coming late. The row of the chain's head is the lock: of any number of processes one seals a tenant at a time.
 */
@Injectable()
export class AuditSealer {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** One batch. @returns how many events; 0 too when another process is at it */
  async seal(tenantId: string, limit = BATCH): Promise<number> {
    return await this.tx.run(tenantId, async () => {
      const head = await this.lockHead('for update skip locked');
      return head ? await this.extend(head, limit) : 0;
    });
  }

  /** In the open transaction: everything it can see, its own events included. */
  async sealVisible(): Promise<void> {
    let sealed = BATCH;
    while (sealed === BATCH) {
      const head = await this.lockHead('for update');
      sealed = head ? await this.extend(head, BATCH) : 0;
    }
  }

  private async lockHead(lock: 'for update' | 'for update skip locked'): Promise<Head | undefined> {
    const { tenantId } = this.tx;
    await this.tx.execute('insert into audit_chain (tenant_id, hash) values ($1, $2) on conflict (tenant_id) do nothing', [
      tenantId,
      genesisOf(tenantId),
    ]);
    const [head] = await this.tx.query<Head>(`select sequence, hash from audit_chain where tenant_id = $1 ${lock}`, [tenantId]);
    return head;
  }

  /** A waiting event that is gone is left waiting: the alarm and the walk tell of it. */
  private async extend(head: Head, limit: number): Promise<number> {
    const { tenantId } = this.tx;
    const events = await this.tx.query<SealedEvent>(
      `select ${COLUMNS_OF_A_SEAL} from audit_unsealed u join audit_event e on e.tenant_id = u.tenant_id and e.at = u.at and e.id = u.id
         where u.tenant_id = $1 order by u.at, u.id limit $2`,
      [tenantId, limit],
    );
    if (events.length === 0) return 0;
    let { hash } = head;
    let sequence = Number.parseInt(head.sequence, 10);
    const links = events.map((event) => {
      sequence += 1;
      const previous = hash;
      const { salts, commitments } = commitTo(event);
      hash = hashOf({ tenantId, sequence, previous, event, commitments });
      const hex = { previous: previous.toString('hex'), hash: hash.toString('hex') };
      return { sequence, event_at: event.at, event_id: event.id, commitments, salts, ...hex };
    });
    await this.write(links);
    await this.tx.execute('update audit_chain set sequence = $2, hash = $3, sealed_at = $4 where tenant_id = $1', [
      tenantId,
      sequence,
      hash,
      this.clock.now(),
    ]);
    return events.length;
  }

  private async write(links: readonly object[]): Promise<void> {
    await this.tx.execute(
      `with link as (
         select * from jsonb_to_recordset($2::jsonb)
           as l (sequence bigint, event_at timestamptz, event_id uuid, commitments jsonb, salts jsonb, previous text, hash text)
       ), sealed as (
         insert into audit_seal (tenant_id, sequence, event_at, event_id, commitments, salts, previous, hash, sealed_at)
           select $1, sequence, event_at, event_id, commitments, salts, decode(previous, 'hex'), decode(hash, 'hex'), $3 from link
       )
       delete from audit_unsealed u using link l where u.tenant_id = $1 and u.at = l.event_at and u.id = l.event_id`,
      [this.tx.tenantId, JSON.stringify(links), this.clock.now()],
    );
  }
}
