import { z } from 'zod';
import { POSTING_OPERATIONS, POSTING_STATES } from '../domain/posting-state.js';
import { id, instant, money, named } from './shapes.js';

export const link = named('Link', z.object({ label: z.string(), href: z.string() }));

export const posting = named(
  'Posting',
  z.object({
    id,
    operation: z.enum(POSTING_OPERATIONS),
    state: z.enum(POSTING_STATES),
    connection: z.object({ id, connector: z.string(), label: z.string(), account: z.string() }),
    invoice: z.object({ id, number: z.string(), customer: z.string() }).optional(),
    number: z.string().optional(),
    name: z.string().optional(),
    amount: money.optional(),
    cause: z.string().optional(),
    vendorWords: z.string().optional(),
    vendorCode: z.string().optional(),
    attempts: z.int(),
    notBefore: instant,
    sentAt: instant.optional(),
    createdAt: instant,
    updatedAt: instant,
    createdBy: z.string(),
    assignedTo: z.string().optional(),
    externalId: z.string().optional(),
    links: z.array(link),
    can: z.object({ retry: z.boolean(), skip: z.boolean(), postNow: z.boolean() }),
  }),
);
