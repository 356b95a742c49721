import { z } from 'zod';
import { INVOICE_STATES, VOID_CAUSES } from '../../domain/invoice-state.js';
import { INVOICE_TYPES, LINE_KINDS } from '../../domain/invoice.js';
import { TIMELINE_KINDS } from '../../billing/queries/timeline.js';
import { link, posting } from '../posting-shapes.js';
import { civilDate, id, instant, listOf, money, named, sha256 } from '../shapes.js';

const decimal = z.string();
const severity = z.enum(['error', 'warning', 'info']);

const summary = {
  id,
  number: z.string(),
  type: z.enum(INVOICE_TYPES),
  typeLabel: z.string(),
  state: z.enum(INVOICE_STATES),
  customer: z.object({ id, name: z.string() }),
  date: civilDate,
  dueDate: civilDate,
  total: money,
  balance: money,
  /** Key of the connector it is, or will be, posted to. */
  ledger: z.string().nullable(),
  openFlags: z.object({ errors: z.int(), warnings: z.int(), infos: z.int() }),
  /** What an approval has to name; null until the document is rendered. */
  documentHash: sha256.nullable(),
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
    unitPrice: money,
    amount: money,
    taxable: z.boolean(),
    billable: z.enum(['billable', 'no_charge', 'do_not_bill']),
    date: civilDate.optional(),
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
    cost: money.optional(),
    margin: money.optional(),
    marginPercent: decimal.optional(),
  }),
);

const flag = named(
  'Flag',
  z.object({
    id,
    rule: z.string().nullable(),
    severity,
    title: z.string(),
    message: z.string(),
    lineKey: z.string().optional(),
    link: z.string().optional(),
    dismissed: z.object({ by: z.string(), at: instant }).optional(),
  }),
);

const reviewer = named(
  'Reviewer',
  z.object({
    id,
    name: z.string(),
    email: z.string(),
    state: z.enum(['waiting', 'viewed', 'approved', 'rejected']),
    at: instant.optional(),
  }),
);

const approval = named(
  'Approval',
  z.object({
    id,
    documentHash: sha256,
    revisionId: id,
    by: z.object({ kind: z.enum(['person', 'api_key']), id: z.string(), label: z.string() }),
    at: instant,
    forAll: z.boolean(),
    final: z.boolean(),
    state: z.enum(['standing', 'withdrawn', 'lapsed']),
    endedAt: instant.optional(),
    endedBecause: z.string().optional(),
  }),
);

const revision = named('Revision', z.object({ id, number: z.int(), contentHash: sha256, total: money, at: instant, current: z.boolean() }));

const revisionHead = z.object({ number: z.int(), at: instant, total: money });
const diffValue = z.union([z.string(), money]);
const whatChanged = named(
  'WhatChanged',
  z.object({
    because: z.enum(['since-approval', 'since-previous', 'after-posting']),
    before: revisionHead,
    after: revisionHead,
    approval: z.object({ by: z.string(), at: instant, endedBecause: z.string().optional() }).optional(),
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
    at: instant,
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
    subtotal: money,
    tax: money,
    taxes: z.array(z.object({ label: z.string(), code: z.string(), rate: decimal.optional(), amount: money })),
    location: z.object({ externalId: z.string(), name: z.string() }),
    lines: z.array(line),
    flags: z.array(flag),
    reviewers: z.array(reviewer),
    approval: approval.nullable(),
    rejection: z.object({ by: z.string(), at: instant, reason: z.string() }).nullable(),
    postings: z.array(posting),
    settlements: z.array(
      z.object({
        kind: z.enum(['payment', 'credit']),
        amount: money,
        date: civilDate,
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
