import { createHash, randomBytes } from 'node:crypto';
import serialize from 'canonicalize';

const SALT_BYTES = 16;
/** What stands in an event where a personal value was erased. */
export const ERASED = 'Erased';

/** An event as the seal covers it. `at` is UTC to the microsecond, as Postgres writes it: a Date would cut it. */
export interface SealedEvent {
  id: string;
  at: string;
  actorKind: string;
  actorId: string;
  actorLabel: string;
  action: string;
  subjectKind: string;
  subjectId: string;
  before: unknown;
  after: unknown;
  sourceIp: string | null;
}

/** By name of the part: hex of a salt, or the event that erased it. */
export type Salts = Record<string, string | { erasedBy: string }>;

/** By name of the part: hex of SHA-256 over salt and value. */
export type Commitments = Record<string, string>;

/** The columns of a `SealedEvent`, from `audit_event e`. */
export const COLUMNS_OF_A_SEAL = `e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.actor_kind as "actorKind",
  e.actor_id as "actorId", e.actor_label as "actorLabel", e.action, e.subject_kind as "subjectKind", e.subject_id as "subjectId",
  e.before, e.after, e.source_ip as "sourceIp"`;

/**
 * What of an event may be personal, each part apart, so that one can be erased and the others stay: the actor's name, the
 * address, and every field of before and after.
 */
export function partsOf(event: SealedEvent): Map<string, unknown> {
  return new Map<string, unknown>([
    ['actor', event.actorLabel],
    ['source', event.sourceIp],
    ...fieldsOf('before', event.before),
    ...fieldsOf('after', event.after),
  ]);
}

function fieldsOf(side: string, content: unknown): [string, unknown][] {
  if (content === null) return [];
  if (!isObject(content)) return [[side, content]];
  return Object.entries(content).map(([field, value]) => [`${side}.${field}`, value]);
}

const isObject = (content: unknown): content is object => typeof content === 'object' && content !== null && !Array.isArray(content);

export function commitmentOf(part: string, salt: string, value: unknown): string {
  return createHash('sha256')
    .update(Buffer.from(salt, 'hex'))
    .update(canonical([part, value]))
    .digest('hex');
}

/** Fresh salts and the commitments under them. */
export function commitTo(event: SealedEvent): { salts: Record<string, string>; commitments: Commitments } {
  const salts: Record<string, string> = {};
  const commitments: Commitments = {};
  for (const [part, value] of partsOf(event)) {
    const salt = randomBytes(SALT_BYTES).toString('hex');
    salts[part] = salt;
    commitments[part] = commitmentOf(part, salt, value);
  }
  return { salts, commitments };
}

/** What the first link of a tenant follows: the tenant itself, so that no chain can be handed to another. */
export function genesisOf(tenantId: string): Buffer {
  return createHash('sha256').update(`countersign audit of ${tenantId}`).digest();
}

export interface ChainLink {
  tenantId: string;
  sequence: number;
  previous: Buffer;
  event: SealedEvent;
  commitments: Commitments;
}

/** SHA-256 over RFC 8785 JSON of the plain facts, the commitments, the place in the chain and the hash before. */
export function hashOf({ tenantId, sequence, previous, event, commitments }: ChainLink): Buffer {
  const { id, at, actorKind, actorId, action, subjectKind, subjectId } = event;
  const covered = {
    format: 1,
    tenant: tenantId,
    sequence,
    previous: previous.toString('hex'),
    event: { id, at, actorKind, actorId, action, subjectKind, subjectId, before: shapeOf(event.before), after: shapeOf(event.after) },
    commitments,
  };
  return createHash('sha256').update(canonical(covered)).digest();
}

/** Erasing changes a value and never this, except that one part which is no object becomes a text. */
function shapeOf(content: unknown): string {
  if (content === null) return 'none';
  return isObject(content) ? 'fields' : 'whole';
}

function canonical(value: unknown): string {
  const text = serialize(value);
  if (text === undefined) throw new TypeError('Only what JSON can say is sealed');
  return text;
}
