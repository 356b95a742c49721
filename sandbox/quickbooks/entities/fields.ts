import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { invalidEnumeration, missingParameter, tooLong, unknownProperty } from '../faults.js';
import type { QboFault } from '../fault-bodies.js';

/** Building blocks of the entity schemas. Objects are strict: an unknown property is fault 2010, as on the real service. */

export const ref = z.strictObject({ value: z.string(), name: z.string().optional(), type: z.string().optional() });
export type Ref = z.infer<typeof ref>;

/** The real service reads numbers from text too. */
export const decimal = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/)]).transform((value) => new Decimal(value).toNumber());

export const civilDate = z.iso.date();

/** Accepted and ignored, because clients send back what they read. */
export const readOnly = z.unknown().optional();

export const emailAddress = z.strictObject({ Address: z.string().max(100).optional() });

export const address = z.strictObject({
  Id: readOnly,
  Line1: z.string().max(500).optional(),
  Line2: z.string().max(500).optional(),
  Line3: z.string().max(500).optional(),
  Line4: z.string().max(500).optional(),
  Line5: z.string().max(500).optional(),
  City: z.string().max(255).optional(),
  CountrySubDivisionCode: z.string().max(255).optional(),
  PostalCode: z.string().max(30).optional(),
  Country: z.string().max(255).optional(),
  Lat: readOnly,
  Long: readOnly,
});

export const customField = z.strictObject({
  DefinitionId: z.string(),
  Name: z.string().optional(),
  Type: z.enum(['StringType']).optional(),
  StringValue: z.string().max(31).optional(),
});

/** What every entity may carry in a request besides its own fields. */
export const envelopeFields = {
  Id: readOnly,
  SyncToken: readOnly,
  MetaData: readOnly,
  domain: readOnly,
  sparse: readOnly,
  status: readOnly,
};

/** Reads what was sent, or throws the fault of the first thing wrong with it. An explicit null counts as not sent. */
export function accept<T>(schema: z.ZodType<T>, sent: unknown): T {
  const given = withoutNulls(sent);
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (!issue) throw new Error('a refused body without an issue');
  throw faultOf(issue, given);
}

function faultOf(issue: z.core.$ZodIssue, given: unknown): QboFault {
  const name = issue.path.filter((part) => typeof part === 'string').join('.');
  const value = valueAt(given, issue.path);
  if (issue.code === 'unrecognized_keys') {
    return unknownProperty(`Unrecognized field "${issue.keys[0]}", not marked as ignorable`);
  }
  if (issue.code === 'too_big' && typeof value === 'string') return tooLong(name, Number(issue.maximum), value.length);
  if (value === undefined) return missingParameter(name);
  if (issue.code === 'invalid_value' || (issue.code === 'invalid_union' && 'discriminator' in issue))
    return invalidEnumeration(name, value);
  return unknownProperty(`${name} (${issue.message})`);
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined),
    given,
  );
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}
