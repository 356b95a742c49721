import { z } from 'zod';
import { INVOICE_STATES, VOID_CAUSES } from '../../domain/invoice-state.js';
import { INVOICE_TYPES, LINE_KINDS } from '../../domain/invoice.js';
import { TIMELINE_KINDS } from '../../billing/queries/timeline.js';
import { link, posting, civilDateSchema, idSchema, instantSchema, listOf, moneySchema, named, sha256Schema } from '../shapes.js';

const decimal = z.string();
const severity = z.enum(['error', 'warning', 'info']);

const summary = {
  id: idSchema,
  number: z.string(),
  type: z.enum(INVOICE_TYPES),
  typeLabel: z.string(),
  state: z.enum(INVOICE_STATES),
  customer: z.object({ id: idSchema, name: z.string() }),
  date: civilDateSchema,
  dueDate: civilDateSchema,
  total: moneySchema,
  balance: moneySchema,
  /** Key of the connector it is, or will be, posted to. */
  ledger: z.string().nullable(),
  openFlags: z.object({ errors: z.int(), warnings: z.int(), infos: z.int() }),
  /** What an approval has to name; null until the document is rendered. */
  documentHash: sha256Schema.nullable(),
  changedAfterPosting: z.boolean(),
};

export const invoiceSummary = named('InvoiceSummary', z.object(summary));
export const invoices = listOf('Invoices', invoiceSummary);

const line = named(
  'InvoiceLine',
  z.object({
    key: z.string(),
    kind: z.enum(LINE_KINDS),
    description: z.string(),
    notes: z.string().optional(),
    quantity: decimal,
    unit: z.string().optional(),
    unitPrice: moneySchema,
    amount: moneySchema,
    taxable: z.boolean(),
    billable: z.enum(['billable', 'no_charge', 'do_not_bill']),
    date: civilDateSchema.optional(),
    person: z.string().optional(),
    workRole: z.string().optional(),
    workType: z.string().optional(),
    productCode: z.string().optional(),
    workOrder: z
      .object({ kind: z.enum(['ticket', 'project', 'phase', 'sales_order']), number: z.string(), summary: z.string() })
      .optional(),
    hours: z.object({ worked: decimal, billed: decimal, covered: decimal }).optional(),
    agreementName: z.string().optional(),
    parentKey: z.string().optional(),
    link: z.string().optional(),
    taxCodeMissing: z.boolean().optional(),
    cost: moneySchema.optional(),
    margin: moneySchema.optional(),
    marginPercent: decimal.optional(),
  }),
);

const flag = named(
  'Flag',
  z.object({
    id: idSchema,
    rule: z.string().nullable(),
    severity,
    title: z.string(),
    message: z.string(),
    lineKey: z.string().optional(),
    link: z.string().optional(),
    dismissed: z.object({ by: z.string(), at: instantSchema }).optional(),
  }),
);

const reviewer = named(
  'Reviewer',
  z.object({
    id: idSchema,
    name: z.string(),
    email: z.string(),
    state: z.enum(['waiting', 'viewed', 'approved', 'rejected']),
    at: instantSchema.optional(),
  }),
);

const approval = named(
  'Approval',
  z.object({
    id: idSchema,
    documentHash: sha256Schema,
    revisionId: idSchema,
    by: z.object({ kind: z.enum(['person', 'api_key']), id: z.string(), label: z.string() }),
    at: instantSchema,
    forAll: z.boolean(),
    final: z.boolean(),
    state: z.enum(['standing', 'withdrawn', 'lapsed']),
    endedAt: instantSchema.optional(),
    endedBecause: z.string().optional(),
  }),
);

const revision = named(
  'Revision',
  z.object({ id: idSchema, number: z.int(), contentHash: sha256Schema, total: moneySchema, at: instantSchema, current: z.boolean() }),
);

const revisionHead = z.object({ number: z.int(), at: instantSchema, total: moneySchema });
const diffValue = z.union([z.string(), moneySchema]);
const whatChanged = named(
  'WhatChanged',
  z.object({
    because: z.enum(['since-approval', 'since-previous', 'after-posting']),
    before: revisionHead,
    after: revisionHead,
    approval: z.object({ by: z.string(), at: instantSchema, endedBecause: z.string().optional() }).optional(),
    changes: z.array(
      z.object({
        kind: z.enum(['added', 'removed', 'changed']),
        what: z.string(),
        path: z.string(),
        lineKey: z.string().optional(),
        before: diffValue.optional(),
        after: diffValue.optional(),
      }),
    ),
  }),
);

const timelineEvent = named(
  'TimelineEvent',
  z.object({
    at: instantSchema,
    kind: z.enum(TIMELINE_KINDS),
    actor: z.string(),
    what: z.string(),
    quote: z.string().optional(),
    system: z.string(),
    link: link.optional(),
  }),
);

export const invoice = named(
  'Invoice',
  z.object({
    ...summary,
    /** Why it is void; null unless it is. One that was voided in the ledger can be reopened. */
    voidCause: z.enum(VOID_CAUSES).nullable(),
    terms: z.string().optional(),
    purchaseOrder: z.string().optional(),
    reference: z.string().optional(),
    subtotal: moneySchema,
    tax: moneySchema,
    taxes: z.array(z.object({ label: z.string(), code: z.string(), rate: decimal.optional(), amount: moneySchema })),
    location: z.object({ externalId: z.string(), name: z.string() }),
    lines: z.array(line),
    flags: z.array(flag),
    reviewers: z.array(reviewer),
    approval: approval.nullable(),
    rejection: z.object({ by: z.string(), at: instantSchema, reason: z.string() }).nullable(),
    postings: z.array(posting),
    settlements: z.array(
      z.object({
        kind: z.enum(['payment', 'credit']),
        amount: moneySchema,
        date: civilDateSchema,
        reference: z.string().optional(),
        removed: z.boolean(),
      }),
    ),
    revisions: z.array(revision),
    whatChanged: whatChanged.nullable(),
    /** Not null where no content is kept: it was read at its source just now, or could not be, which `problem` says. */
    unkept: z.object({ problem: z.string().nullable() }).nullable(),
    /** Deep links into the systems that hold it. */
    links: z.array(link),
    timeline: z.array(timelineEvent),
  }),
);
