import { z } from 'zod';
import { POSTING_OPERATIONS, POSTING_STATES } from '../domain/posting-state.js';

/** Named shapes: what the description calls its components. */
export const SHAPES = z.registry<{ id: string }>();

export function named<T extends z.ZodType>(idSchema: string, shape: T): T {
  SHAPES.add(shape, { id: idSchema });
  return shape;
}

export const idSchema = z.uuid();
export const instantSchema = z.iso.datetime();
export const civilDateSchema = z.iso.date();
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** Decimal text with the places of the currency. */
export const moneySchema = named(
  'Money',
  z.object({ amount: z.string().regex(/^-?\d+(\.\d+)?$/), currency: z.string().regex(/^[A-Z]{3}$/) }),
);

export const problem = named(
  'Problem',
  z.looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  }),
);

export const idParameter = z.strictObject({ id: idSchema });

export const paging = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(500).optional(),
};

export function listOf<T extends z.ZodType>(
  name: string,
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodNullable<z.ZodString> }> {
  return named(name, z.object({ items: z.array(item), next: z.string().nullable() }));
}

export const link = named('Link', z.object({ label: z.string(), href: z.string() }));

export const posting = named(
  'Posting',
  z.object({
    id: idSchema,
    operation: z.enum(POSTING_OPERATIONS),
    state: z.enum(POSTING_STATES),
    connection: z.object({ id: idSchema, connector: z.string(), label: z.string(), account: z.string() }),
    invoice: z.object({ id: idSchema, number: z.string(), customer: z.string() }).optional(),
    number: z.string().optional(),
    name: z.string().optional(),
    amount: moneySchema.optional(),
    cause: z.string().optional(),
    vendorWords: z.string().optional(),
    vendorCode: z.string().optional(),
    attempts: z.int(),
    notBefore: instantSchema,
    sentAt: instantSchema.optional(),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    createdBy: z.string(),
    assignedTo: z.string().optional(),
    externalId: z.string().optional(),
    links: z.array(link),
    can: z.object({ retry: z.boolean(), skip: z.boolean(), postNow: z.boolean() }),
  }),
);

export const SYNC_KINDS = ['pull', 'sweep', 'settle'] as const;

export const syncRun = named(
  'SyncRun',
  z.object({
    id: idSchema,
    connectionId: idSchema,
    kind: z.enum(SYNC_KINDS),
    state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
    requestedBy: z.string(),
    expected: z.int().optional(),
    fetched: z.int(),
    changed: z.int(),
    setAside: z.int(),
    problem: z.string().optional(),
    queuedAt: instantSchema,
    startedAt: instantSchema.optional(),
    finishedAt: instantSchema.optional(),
  }),
);
