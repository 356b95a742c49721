import { z } from 'zod';

/** Named shapes: what the description calls its components. */
export const SHAPES = z.registry<{ id: string }>();

export function named<T extends z.ZodType>(id: string, shape: T): T {
  SHAPES.add(shape, { id });
  return shape;
}

export const id = z.uuid();
export const instant = z.iso.datetime();
export const civilDate = z.iso.date();
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Decimal text with the places of the currency. */
export const money = named('Money', z.object({ amount: z.string().regex(/^-?\d+(\.\d+)?$/), currency: z.string().regex(/^[A-Z]{3}$/) }));

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

export const byId = z.strictObject({ id });

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
