import type { CivilDate } from './civil-date.js';
import type { DecimalText } from './money.js';

/** The seven kinds a PSA bills with; a kind we have not met yet is `other` and is shown under its own name. */
export const INVOICE_TYPES = [
  'standard',
  'agreement',
  'progress',
  'credit_memo',
  'down_payment',
  'miscellaneous',
  'consolidated',
  'other',
] as const;
export type InvoiceType = (typeof INVOICE_TYPES)[number];

export const LINE_KINDS = [
  'time',
  'expense',
  'product',
  'agreement',
  'addition',
  'component',
  'fixed_fee',
  'discount',
  'down_payment',
  'adjustment',
] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/** How a charge was marked in the PSA. Only billable ones have an amount other than zero. */
export type Billable = 'billable' | 'no_charge' | 'do_not_bill';

export interface Address {
  lines: string[];
  city?: string;
  state?: string;
  postcode?: string;
  country?: string;
}

/** The client as printed on the document. */
export interface InvoiceParty {
  name: string;
  attention?: string;
  address: Address;
  accountNumber?: string;
  taxId?: string;
}

export interface WorkOrder {
  kind: 'ticket' | 'project' | 'phase' | 'sales_order';
  /** The number people know it by. */
  number: string;
  summary: string;
}

export interface InvoiceLine {
  /** Stable over pulls, from the PSA's own ids: 'time:90511', 'product:33107', 'agreement:88'. */
  key: string;
  kind: LineKind;
  description: string;
  /** Notes that print on the time detail page. */
  notes?: string;
  quantity: DecimalText;
  /** 'hours', 'each' … as printed. */
  unit?: string;
  unitPrice: DecimalText;
  /** What is charged: rounded to the coin, negative for discounts, zero for covered and free work. */
  amount: DecimalText;
  taxable: boolean;
  billable: Billable;
  /** Day of the work, of the expense. */
  date?: CivilDate;
  person?: string;
  workRole?: string;
  workType?: string;
  productCode?: string;
  workOrder?: WorkOrder;
  /** For time: hours worked, and how many of them an agreement covers. */
  hours?: { worked: DecimalText; billed: DecimalText; covered: DecimalText };
  agreementName?: string;
  /** Printed under its parent, never summed. */
  parentKey?: string;
}

export interface InvoiceTax {
  /** As printed, for example 'Florida 6%'. */
  label: string;
  code: string;
  /** Percent, when one rate applies: '7.5'. */
  rate?: DecimalText;
  amount: DecimalText;
}

/**
 * What the client is charged and sees as charge: exactly this is hashed. Status, balance, payments, recipients and
 * routing are not in it, so our own write-back never makes a revision.
 */
export interface InvoiceContent {
  number: string;
  type: InvoiceType;
  /** The PSA's word for the type. */
  typeLabel: string;
  date: CivilDate;
  dueDate: CivilDate;
  terms?: string;
  purchaseOrder?: string;
  reference?: string;
  customer: InvoiceParty;
  shipTo?: InvoiceParty;
  currency: string;
  lines: InvoiceLine[];
  taxes: InvoiceTax[];
  subtotal: DecimalText;
  tax: DecimalText;
  total: DecimalText;
  topComment?: string;
  bottomComment?: string;
}

/** What we know of a line besides the charge. Cost never reaches a client or a read-only member. */
export interface LineFacts {
  /** Extended cost of the line. */
  cost?: DecimalText;
  taxCodeMissing?: boolean;
  /** The exact record in the PSA. */
  link?: string;
  /** Stable ids a dismissal can hang on. */
  targetId?: string;
}

/** Everything else about an invoice in the PSA: may change without a new revision. */
export interface InvoiceContext {
  externalId: string;
  customerExternalId: string;
  status: { externalId: string; name: string; closed: boolean };
  location: { externalId: string; name: string };
  hasTaxCode: boolean;
  taxableCustomer: boolean;
  agreement?: { externalId: string; name: string };
  lineFacts: Record<string, LineFacts>;
  routing: { externalId: string; name: string; email: string }[];
  recipientEmail?: string;
  paid: DecimalText;
  credited: DecimalText;
  balance: DecimalText;
  /** Instant of the last change in the PSA, ISO. */
  updatedAt: string;
  link?: string;
}

/** One invoice as read from the PSA. */
export interface SourceInvoice {
  content: InvoiceContent;
  context: InvoiceContext;
}
