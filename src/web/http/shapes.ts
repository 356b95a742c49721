import { z } from 'zod';

export const byId = z.object({ id: z.uuid() });
export const anyQuery = z.record(z.string(), z.unknown());

/** A field that a form sends once or several times. */
export const several = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : typeof value === 'string' ? [value] : value));
