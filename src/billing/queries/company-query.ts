import { Injectable } from '@nestjs/common';
import type { Principal } from '../../database/audit/actor.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';

/** What stands around every page of a person: their company and what waits in it. Instants are ISO. */
export interface CompanySummary {
  company: { name: string; currency: string; timeZone: string };
  /** Present while nothing is sent to any ledger. */
  postingStop?: { by: string; at: string };
  /** Present while the company is to be erased. */
  erasure?: { by: string; at: string; hasBegun: boolean };
  /** The system invoices come from, once one is connected. */
  source?: { connectionId: string; label: string };
  counts: { toReview: number; refusedPostings: number; unwellConnections: number };
}

interface Facts {
  name: string;
  currency: string;
  timeZone: string;
  stoppedBy: string | null;
  stoppedAt: Date | null;
  erasure: { by: string; at: string; hasBegun: boolean } | null;
  toReview: number;
  refused: number;
  connections: { id: string; connector: string; well: boolean }[];
}

@Injectable()
export class CompanyQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connectors: ConnectorCatalog,
  ) {}

  /** One statement, because every page waits for it. */
  async of(caller: Principal): Promise<CompanySummary> {
    const facts = await this.tx.run(caller.tenantId, () => this.facts(caller.email ?? ''));
    const source = facts.connections.find(({ connector }) => this.connectors.capabilities(connector).billingSource);
    return {
      company: { name: facts.name, currency: facts.currency, timeZone: facts.timeZone },
      ...(facts.stoppedAt && { postingStop: { by: facts.stoppedBy ?? '', at: facts.stoppedAt.toISOString() } }),
      ...(facts.erasure && { erasure: { ...facts.erasure, at: new Date(facts.erasure.at).toISOString() } }),
      ...(source && { source: { connectionId: source.id, label: this.connectors.label(source.connector) } }),
      counts: {
        toReview: facts.toReview,
        refusedPostings: facts.refused,
        unwellConnections: facts.connections.filter(({ well }) => !well).length,
      },
    };
  }

  private async facts(email: string): Promise<Facts> {
    const [facts] = await this.tx.query<Facts>(
      `select s.name, s.currency, s.time_zone as "timeZone", s.posting_stopped_by as "stoppedBy", s.posting_stopped_at as "stoppedAt",
              (select jsonb_build_object('by', e.requested_by_label, 'at', e.not_before, 'hasBegun', e.state = 'erasing')
               from tenant_erasure e where e.tenant_id = $1 and e.state in ('waiting', 'erasing')) as erasure,
              (select count(*)::int from reviewer w join invoice i on i.tenant_id = w.tenant_id and i.id = w.invoice_id
               where w.tenant_id = $1 and w.email = $2 and w.decision in ('waiting', 'viewed') and i.state = 'in_review') as "toReview",
              (select count(*)::int from posting p where p.tenant_id = $1 and p.state = 'refused') as refused,
              (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'connector', c.connector,
                        'well', c.state = 'connected' and coalesce((c.health ->> 'ok')::boolean, true)) order by c.created_at, c.id), '[]')
               from connection c where c.tenant_id = $1 and c.state <> 'disconnected') as connections
       from tenant_settings s where s.tenant_id = $1`,
      [this.tx.tenantId, email],
    );
    if (!facts) throw new Error('The tenant has no settings');
    return facts;
  }
}
