import type { InvoiceLine } from '../../../domain/invoice.js';
import { Decimal, roundToCurrency } from '../../../domain/money.js';
import { billableOf, isHidden, money, plain, present, workOrderOf, type LineContext, type MappedLine } from './line.js';
import { linkTo } from './links.js';
import type { ComponentRecord, ProductRecord } from './records.js';

const ZERO = new Decimal(0);

/** Products in printing order, each followed by its components; additions of agreements are products too. */
export function productLines(rows: readonly ProductRecord[], components: readonly ComponentRecord[], context: LineContext): MappedLine[] {
  const shown = rows.filter((row) => !isHidden(row.billableOption) && !row.cancelledFlag);
  const sorted = shown.toSorted((a, b) => (a.sequenceNumber ?? ZERO).comparedTo(b.sequenceNumber ?? ZERO) || a.id - b.id);
  return sorted.flatMap((row) => {
    const product = productLine(row, context);
    const mine = components.filter((component) => component.parentId === row.id);
    return [product, ...componentLines(mine, product.line, context)];
  });
}

/** The price is already net of the discount. */
function productLine(row: ProductRecord, context: LineContext): MappedLine {
  const billable = billableOf(row.billableOption);
  const price = row.price ?? ZERO;
  const ordered = row.quantity ?? ZERO;
  const exact = billable === 'billable' ? (row.extPrice ?? ordered.minus(row.quantityCancelled ?? ZERO).times(price)) : ZERO;
  const cost = row.extCost ?? row.cost?.times(ordered);
  return {
    exact,
    line: {
      key: `product:${row.id}`,
      kind: row.productClass === 'Agreement' ? 'addition' : 'product',
      description: row.customerDescription ?? row.description ?? row.catalogItem?.name ?? row.catalogItem?.identifier ?? 'Product',
      quantity: plain(billedQuantity(row, exact, context.currency)),
      unitPrice: plain(price),
      amount: money(exact, context.currency),
      taxable: context.rules.products && row.taxableFlag,
      billable,
      ...present({
        unit: row.uom?.toLowerCase(),
        productCode: row.catalogItem?.identifier,
        workOrder: workOrderOf(row),
        agreementName: row.agreement?.name,
      }),
    },
    facts: {
      ...(cost !== undefined && { cost: plain(cost) }),
      link: linkTo(context.appUrl, 'product', row.id),
      targetId: `product:${row.id}`,
      ...(context.taxable && row.taxCode === undefined && { taxCodeMissing: true }),
    },
  };
}

/** Whether cancelled pieces are still in the quantity is not said anywhere: the one that explains the amount is shown. */
function billedQuantity(row: ProductRecord, exact: Decimal, currency: string): Decimal {
  const ordered = row.quantity ?? ZERO;
  const net = ordered.minus(row.quantityCancelled ?? ZERO);
  return roundToCurrency(net.times(row.price ?? ZERO), currency).equals(roundToCurrency(exact, currency)) ? net : ordered;
}

/** A bundle is priced as a whole: what its parts would cost is shown where the PSA shows it, and never summed. */
function componentLines(rows: readonly ComponentRecord[], parent: InvoiceLine, context: LineContext): MappedLine[] {
  const sorted = rows.toSorted((a, b) => (a.sequenceNumber ?? ZERO).comparedTo(b.sequenceNumber ?? ZERO) || a.id - b.id);
  return sorted.flatMap((row): MappedLine[] => {
    const code = row.hideItemIdentifierFlag ? undefined : row.catalogItem?.identifier;
    const description = row.hideDescriptionFlag ? code : (row.catalogItem?.name ?? code);
    if (description === undefined) return [];
    const line: InvoiceLine = {
      key: `component:${row.id}`,
      kind: 'component',
      description,
      quantity: row.hideQuantityFlag ? '0' : plain(row.quantity),
      unitPrice: row.hidePriceFlag ? '0' : plain(row.price),
      amount: money(ZERO, context.currency),
      taxable: parent.taxable,
      billable: parent.billable,
      parentKey: parent.key,
      ...(code !== undefined && { productCode: code }),
    };
    return [{ line, exact: ZERO, facts: {} }];
  });
}
