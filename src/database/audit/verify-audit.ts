import type { ClientBase } from 'pg';
import { walkChain, type Walked } from './audit-walk.js';
import { isSignedBy, type HeadFile } from './head-file.js';

export interface VerifyWishes {
  /** One tenant; absent: all. */
  tenantId?: string | undefined;
  heads?: HeadFile | undefined;
  /** The keys by id, to check the signature of the file with. */
  keys?: ReadonlyMap<string, { bytes: Buffer }> | undefined;
}

export interface AuditReport {
  lines: string[];
  broken: boolean;
}

/** Walks the chains as an operator, each at one moment of the database. */
export async function verifyAudit(client: ClientBase, wishes: VerifyWishes): Promise<AuditReport> {
  const { tenantId, heads } = wishes;
  const forgery = heads && signatureProblem(heads, wishes.keys);
  if (forgery?.broken) return { lines: [forgery.sentence], broken: true };
  const lines = forgery ? [forgery.sentence] : [];
  const { rows } = await client.query<{ id: string }>('select id from tenant where $1::uuid is null or id = $1::uuid order by id', [
    tenantId ?? null,
  ]);
  if (tenantId !== undefined && rows.length === 0) return { lines: [`There is no tenant ${tenantId}.`], broken: true };
  let broken = false;
  for (const { id } of rows) {
    const walked = await walkAsOperator(client, id, heads);
    broken ||= walked.problem !== undefined;
    lines.push(sentenceOf(id, walked));
  }
  for (const gone of heads?.heads.filter((head) => tenantId === undefined && !rows.some(({ id }) => id === head.tenantId)) ?? []) {
    broken = true;
    lines.push(`${gone.tenantId}: BROKEN. The exported heads name this tenant, and the database does not know it.`);
  }
  return { lines, broken };
}

async function walkAsOperator(client: ClientBase, tenantId: string, heads: HeadFile | undefined): Promise<Walked> {
  await client.query('begin isolation level repeatable read read only');
  try {
    await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    const ask = async <T extends object>(sql: string, values: unknown[]): Promise<T[]> => (await client.query<T>(sql, values)).rows;
    return await walkChain(
      ask,
      tenantId,
      heads?.heads.find((head) => head.tenantId === tenantId),
    );
  } finally {
    await client.query('rollback');
  }
}

function sentenceOf(tenantId: string, { problem, links, through, erasedParts, waiting, notes }: Walked): string {
  const rest = [
    ...(erasedParts > 0 ? [`${erasedParts} erased values are accounted for.`] : []),
    ...(waiting > 0 ? [`${waiting} events wait for their seal.`] : []),
    ...notes,
  ];
  if (problem !== undefined) return [`${tenantId}: BROKEN. ${problem}`, ...notes].join(' ');
  return [`${tenantId}: holds. ${links} links up to number ${through}.`, ...rest].join(' ');
}

function signatureProblem(file: HeadFile, keys: VerifyWishes['keys']): { sentence: string; broken: boolean } {
  if (!keys) return { sentence: 'The signature of the exported heads was not checked: set COUNTERSIGN_KEYS for that.', broken: false };
  const key = keys.get(file.keyId);
  if (!key) return { sentence: `The exported heads were signed with the key ${file.keyId}, which is not in the key ring.`, broken: true };
  if (isSignedBy(file, key.bytes)) return { sentence: `The exported heads of ${file.at} are signed by key ${file.keyId}.`, broken: false };
  return { sentence: 'The file of exported heads was changed after it was written: its signature does not fit.', broken: true };
}
