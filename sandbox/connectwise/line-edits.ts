import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { Doc, InvoiceDoc } from './documents.js';
import { ApiError } from './errors.js';
import { toFloat } from './money.js';
import type { Psa } from './psa.js';

const lineSchema = z.looseObject({ id: z.number().int().optional(), delete: z.boolean().optional() });

/** `{products, time, expenses}`: rows with an id are merged into that row or deleted, a product without one is added. */
export const linesSchema = z
  .object({ products: z.array(lineSchema).optional(), time: z.array(lineSchema).optional(), expenses: z.array(lineSchema).optional() })
  .strict();
type LineEdit = z.infer<typeof lineSchema>;

export function editLines(psa: Psa, invoice: InvoiceDoc, lines: z.infer<typeof linesSchema>): void {
  for (const line of lines.products ?? []) editLine(psa, invoice, 'product', line);
  for (const line of lines.time ?? []) editLine(psa, invoice, 'time', line);
  for (const line of lines.expenses ?? []) editLine(psa, invoice, 'expense', line);
}

function editLine(psa: Psa, invoice: InvoiceDoc, kind: string, { delete: gone, ...fields }: LineEdit): void {
  const before = fields.id === undefined ? newLine(psa, invoice, kind) : psa.store.get<Doc>(kind, fields.id);
  if (!before || (before['invoice'] as Doc).id !== invoice.id) {
    throw new ApiError(404, { error: `Invoice ${invoice.invoiceNumber} has no ${kind} ${String(fields.id)}.` });
  }
  if (gone) return psa.store.delete(kind, before.id);
  const info = { ...(before['_info'] as object), lastUpdated: psa.timestamp() };
  psa.store.put(kind, before.id, { ...withAmounts(kind, { ...before, ...fields, id: before.id }, fields), _info: info });
}

function newLine(psa: Psa, invoice: InvoiceDoc, kind: string): Doc {
  if (kind !== 'product') throw new ApiError(400, { error: `A new ${kind} line cannot be added here: give the id of an existing one.` });
  const id = psa.store.next('product', 90_000);
  return {
    id,
    catalogItem: { id: 799, identifier: 'MISC', name: 'Miscellaneous' },
    description: 'Miscellaneous',
    sequenceNumber: 99,
    quantity: 1,
    price: 0,
    cost: 0,
    billableOption: 'Billable',
    taxableFlag: true,
    cancelledFlag: false,
    productClass: 'NonInventory',
    locationId: invoice.locationId,
    invoice: { id: invoice.id, identifier: invoice.invoiceNumber },
    company: invoice.company,
    customFields: [],
  };
}

/** Amounts follow quantity, price, hours and rate, unless the edit names the amount itself. */
function withAmounts(kind: string, line: Doc, fields: Record<string, unknown>): Doc {
  const value = (name: string) => new Decimal((line[name] as number | undefined) ?? 0);
  const derived: Record<string, number> = {};
  if (kind === 'product') {
    derived['extPrice'] = toFloat(value('quantity').times(value('price')));
    derived['extCost'] = toFloat(value('quantity').times(value('cost')));
    derived['margin'] = toFloat(new Decimal(derived['extPrice']).minus(derived['extCost']));
  }
  if (kind === 'time') derived['extendedInvoiceAmount'] = toFloat(value('invoiceHours').times(value('hourlyRate')));
  const named = Object.fromEntries(Object.entries(fields).filter(([name]) => name in derived));
  return { ...line, ...derived, ...named };
}
