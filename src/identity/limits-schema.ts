import { z } from 'zod';
import { ADJUSTABLE, type Limits } from '../domain/access.js';

const amount = z.string().regex(/^\d{1,15}(\.\d{1,4})?$/, 'Write an amount like 1000 or 1000.50.');
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** As kept in `membership.limits`, `invitation.limits` and `api_key.limits`; what is absent is not limited. */
export const limitsSchema = z.strictObject({
  adjusted: z.partialRecord(z.enum(ADJUSTABLE), z.boolean()).default({}),
  approveUpTo: z
    .record(z.string().regex(/^[A-Z]{3}$/), amount)
    .nullable()
    .default(null),
  customers: z.array(uuid).max(500).default([]),
  locations: z
    .array(z.string().regex(/^[0-9a-f-]{36}\/.{1,200}$/))
    .max(500)
    .default([]),
});

/** @throws ZodError for what this version cannot read: nobody is let in on a guess */
export function limitsFrom(stored: unknown): Limits {
  return limitsSchema.parse(stored ?? {}) as Limits;
}
