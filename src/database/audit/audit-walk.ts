import {
  commitmentOf,
  ERASED,
  genesisOf,
  hashOf,
  partsOf,
  COLUMNS_OF_A_SEAL,
  type Commitments,
  type Salts,
  type SealedEvent,
} from './seal-format.js';

const PAGE = 500;
const RETRIES = 3;

/** Asks the database in the name of one tenant. */
export type Ask = <T extends object>(sql: string, parameters: unknown[]) => Promise<T[]>;

/** A head that was carried out of the database. */
export interface ExportedHead {
  sequence: number;
  hash: string;
}

export interface Walked {
  /** The first broken link, in words; undefined when the chain holds. */
  problem: string | undefined;
  links: number;
  /** Number of the last link. */
  through: number;
  erasedParts: number;
  waiting: number;
  /** What is no problem and worth knowing. */
  notes: string[];
}

interface Start {
  sequence: number;
  hash: Buffer;
  notedAs?: string;
}

interface Row extends Partial<SealedEvent> {
  sequence: string;
  eventId: string;
  eventAt: string;
  commitments: Commitments;
  salts: Salts;
  previous: Buffer;
  hash: Buffer;
}

class Broken extends Error {}

/** Walks the whole chain of a tenant and finds what was changed, removed, added, reordered or cut. */
export async function walkChain(ask: Ask, tenantId: string, exported?: ExportedHead): Promise<Walked> {
  for (let tries = 1; ; tries += 1) {
    const start = await startOf(ask, tenantId);
    const walk = new Walk(ask, tenantId, start);
    try {
      await walk.run(exported);
      return walk.report();
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      // Retention may have moved the beginning while we walked.
      const again = await startOf(ask, tenantId);
      if (again.sequence === start.sequence || tries === RETRIES) return { ...walk.report(), problem: error.message };
    }
  }
}

async function startOf(ask: Ask, tenantId: string): Promise<Start> {
  const [checkpoint] = await ask<{ sequence: string; hash: Buffer; notedAs: string }>(
    'select sequence, hash, noted_as as "notedAs" from audit_checkpoint where tenant_id = $1 order by sequence desc limit 1',
    [tenantId],
  );
  if (!checkpoint) return { sequence: 0, hash: genesisOf(tenantId) };
  return { sequence: Number.parseInt(checkpoint.sequence, 10), hash: checkpoint.hash, notedAs: checkpoint.notedAs };
}

class Walk {
  private sequence: number;
  private hash: Buffer;
  private links = 0;
  private waiting = 0;
  private readonly notes: string[] = [];
  private readonly erased = new Map<string, number>();

  constructor(
    private readonly ask: Ask,
    private readonly tenantId: string,
    private readonly start: Start,
  ) {
    this.sequence = start.sequence;
    this.hash = start.hash;
  }

  report(): Walked {
    const erasedParts = [...this.erased.values()].reduce((sum, count) => sum + count, 0);
    return { problem: undefined, links: this.links, through: this.sequence, erasedParts, waiting: this.waiting, notes: this.notes };
  }

  async run(exported?: ExportedHead): Promise<void> {
    const [head] = await this.ask<{ sequence: string; hash: Buffer }>('select sequence, hash from audit_chain where tenant_id = $1', [
      this.tenantId,
    ]);
    const end = Number.parseInt(head?.sequence ?? '0', 10);
    for (let page = await this.page(end); page.length > 0; page = await this.page(end)) {
      for (const row of page) this.link(row, exported);
    }
    if (this.sequence !== end) {
      throw new Broken(`Link ${this.sequence + 1} is missing: the chain ends there, and its head says that it goes on to link ${end}.`);
    }
    if (head && !head.hash.equals(this.hash)) throw new Broken(`The head of the chain is not the hash of its last link, ${end}.`);
    await this.checkNothingBeyond();
    await this.checkBeginning();
    await this.checkUnsealed();
    await this.checkErasures();
    this.checkExported(exported);
  }

  private async page(end: number): Promise<Row[]> {
    return await this.ask<Row>(
      `select s.sequence, s.event_id as "eventId", to_char(s.event_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as "eventAt",
              s.commitments, s.salts, s.previous, s.hash, ${COLUMNS_OF_A_SEAL}
         from audit_seal s left join audit_event e on e.tenant_id = s.tenant_id and e.at = s.event_at and e.id = s.event_id
         where s.tenant_id = $1 and s.sequence > $2 and s.sequence <= $3 order by s.sequence limit ${PAGE}`,
      [this.tenantId, this.sequence, end],
    );
  }

  private link(row: Row, exported?: ExportedHead): void {
    const sequence = Number.parseInt(row.sequence, 10);
    const name = `Link ${sequence} (event ${row.eventId} of ${row.eventAt} UTC)`;
    if (sequence !== this.sequence + 1) throw new Broken(`Link ${this.sequence + 1} is missing: the next one is ${sequence}.`);
    if (!isPresent(row)) throw new Broken(`${name} has lost its event: it was removed, or its id or instant was changed.`);
    if (!row.previous.equals(this.hash))
      throw new Broken(`${name} does not follow link ${this.sequence}: something was put between, taken out or reordered.`);
    const { tenantId } = this;
    const expected = hashOf({ tenantId, sequence, previous: row.previous, event: row, commitments: row.commitments });
    if (!expected.equals(row.hash)) {
      throw new Broken(`${name} was changed: its hash does not cover what stands there (who, what, when, about what, or a commitment).`);
    }
    this.checkParts(name, row);
    if (exported?.sequence === sequence && exported.hash !== row.hash.toString('hex')) {
      throw new Broken(`${name} is not the link that was exported: the chain up to there was written anew.`);
    }
    this.sequence = sequence;
    this.hash = row.hash;
    this.links += 1;
  }

  private checkParts(name: string, row: Row & SealedEvent): void {
    const parts = partsOf(row);
    for (const part of parts.keys()) {
      if (!(part in row.commitments)) throw new Broken(`${name} was changed: ${part} was added to it.`);
    }
    for (const [part, commitment] of Object.entries(row.commitments)) {
      if (!parts.has(part)) throw new Broken(`${name} was changed: ${part} was taken out of it.`);
      const salt = row.salts[part];
      const value = parts.get(part);
      if (typeof salt === 'string') {
        if (commitmentOf(part, salt, value) !== commitment) throw new Broken(`${name} was changed: ${part} is not what was sealed.`);
      } else if (salt === undefined || value !== (part === 'source' ? null : ERASED)) {
        throw new Broken(
          `${name} was changed: ${part} is said to be erased and ${salt === undefined ? 'nobody noted it' : 'holds something'}.`,
        );
      } else this.erased.set(salt.erasedBy, (this.erased.get(salt.erasedBy) ?? 0) + 1);
    }
  }

  /** In one statement, which sees one moment: a sealer may be at work. */
  private async checkNothingBeyond(): Promise<void> {
    const [row] = await this.ask<{ beyond: string | null }>(
      `select min(s.sequence) as beyond from audit_seal s
         where s.tenant_id = $1 and s.sequence > coalesce((select c.sequence from audit_chain c where c.tenant_id = $1), 0)`,
      [this.tenantId],
    );
    if (row?.beyond != null) throw new Broken(`Link ${row.beyond} stands beyond the head of the chain.`);
  }

  /** Retention may take the beginning, and says so in an event of the chain itself. */
  private async checkBeginning(): Promise<void> {
    const { sequence, hash, notedAs } = this.start;
    if (notedAs === undefined) return;
    const event = await this.event(notedAs);
    const after = (event?.after ?? {}) as Record<string, unknown>;
    if (event?.action !== 'audit.expired' || after['through'] !== sequence || after['hash'] !== hash.toString('hex')) {
      throw new Broken(`The chain begins after link ${sequence}, and no event of retention says so: its beginning was removed.`);
    }
    this.notes.push(`Links up to ${sequence} were removed by retention.`);
  }

  private async checkUnsealed(): Promise<void> {
    const [lost] = await this.ask<{ id: string; at: string }>(
      `select e.id, e.at::text as at from audit_event e
         where e.tenant_id = $1 and not exists (select from audit_seal s where s.tenant_id = $1 and s.event_id = e.id and s.event_at = e.at)
           and not exists (select from audit_unsealed u where u.tenant_id = $1 and u.at = e.at and u.id = e.id) limit 1`,
      [this.tenantId],
    );
    if (lost)
      throw new Broken(`Event ${lost.id} of ${lost.at} has no seal and does not wait for one: it was slipped in, or its seal was removed.`);
    const [gone] = await this.ask<{ id: string; at: string }>(
      `select u.id, u.at::text as at from audit_unsealed u where u.tenant_id = $1
         and not exists (select from audit_event e where e.tenant_id = $1 and e.at = u.at and e.id = u.id) limit 1`,
      [this.tenantId],
    );
    if (gone) throw new Broken(`Event ${gone.id} of ${gone.at} was removed before it was sealed.`);
    const [row] = await this.ask<{ waiting: number }>('select count(*)::int as waiting from audit_unsealed where tenant_id = $1', [
      this.tenantId,
    ]);
    this.waiting = row?.waiting ?? 0;
  }

  private async checkErasures(): Promise<void> {
    for (const [id, count] of this.erased) {
      const event = await this.event(id);
      const said = ((event?.after ?? {}) as Record<string, unknown>)['parts'];
      if (event?.action !== 'audit.person_forgotten' || typeof said !== 'number' || count > said) {
        throw new Broken(`${count} values are said to be erased by event ${id}, and no event of the chain says so: somebody removed them.`);
      }
    }
  }

  private async event(id: string): Promise<{ action: string; after: unknown } | undefined> {
    const [event] = await this.ask<{ action: string; after: unknown }>(
      'select action, after from audit_event where tenant_id = $1 and id = $2',
      [this.tenantId, id],
    );
    return event;
  }

  private checkExported(exported?: ExportedHead): void {
    if (!exported) return;
    if (exported.sequence > this.sequence) {
      throw new Broken(`The exported head is link ${exported.sequence}, and the chain ends with link ${this.sequence}: its tail was cut.`);
    }
    const { sequence, hash } = this.start;
    if (exported.sequence === sequence && exported.hash !== hash.toString('hex')) {
      throw new Broken(`The chain begins after link ${sequence}, which is not the link that was exported: it was written anew.`);
    }
    if (exported.sequence < sequence) this.notes.push(`The exported head, link ${exported.sequence}, was removed by retention since.`);
  }
}

function isPresent(row: Row): row is Row & SealedEvent {
  return row.id !== null && row.id !== undefined;
}
