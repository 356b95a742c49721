import { Decimal } from 'decimal.js';
import type { SeededRandom } from '../../kit/random.js';
import type { Doc, Ref } from '../documents.js';
import { cents, toFloat } from '../money.js';
import { addDays, midnight } from './calendar.js';
import { BUNDLE, type CatalogueItem } from './catalogue.js';
import { invoiceReference, type Draft } from './draft.js';
import type { SeedIds } from './ids.js';

export interface ProductOptions {
  quantity: Decimal.Value;
  productClass?: 'Agreement' | 'Bundle' | 'Inventory' | 'NonInventory' | 'Service';
  /** Share of the list price that the customer does not pay, such as 0.05. */
  discount?: string;
  customerDescription?: string;
  extra?: Record<string, unknown>;
}

const localPrice = (draft: Draft, price: string): Decimal => cents(new Decimal(price).times(draft.account.office.priceFactor));

/** A product line: `price` and `cost` are for one unit, and the price is what is left after the discount. */
export function addProduct(draft: Draft, ids: SeedIds, item: CatalogueItem, options: ProductOptions): Doc {
  const listPrice = localPrice(draft, item.price);
  const price = cents(listPrice.times(new Decimal(1).minus(options.discount ?? 0)));
  const cost = localPrice(draft, item.cost);
  const quantity = new Decimal(options.quantity);
  const { location } = draft.account.office;
  const row: Doc = {
    id: ids.next('product'),
    catalogItem: { id: item.id, identifier: item.identifier, name: item.name },
    description: item.name,
    sequenceNumber: draft.products.length + 1,
    quantity: quantity.toNumber(),
    unitOfMeasure: { id: 13, name: item.uom },
    ...amounts(quantity, price, cost),
    discount: toFloat(listPrice.minus(price).times(quantity)),
    agreementAmount: 0,
    priceMethod: 'FlatRateForRange',
    billableOption: 'Billable',
    locationId: location.id,
    location,
    businessUnitId: 11,
    businessUnit: { id: 11, name: 'Products' },
    taxableFlag: true,
    dropshipFlag: false,
    specialOrderFlag: false,
    phaseProductFlag: false,
    cancelledFlag: false,
    quantityCancelled: 0,
    customerDescription: options.customerDescription ?? item.name,
    productSuppliedFlag: false,
    invoice: invoiceReference(draft),
    warehouseId: 1,
    calculatedPriceFlag: false,
    calculatedCostFlag: false,
    warehouse: 'Warehouse',
    warehouseBin: 'Default Bin',
    purchaseDate: midnight(addDays(draft.date, -9)),
    ...(draft.invoice.taxCode && { taxCode: draft.invoice.taxCode }),
    listPrice: listPrice.toNumber(),
    serialNumberIds: [],
    serialNumbers: [],
    company: draft.account.company,
    productClass: options.productClass ?? 'Inventory',
    needToPurchaseFlag: false,
    needToOrderQuantity: 0,
    minimumStockFlag: false,
    calculatedPrice: price.toNumber(),
    calculatedCost: cost.toNumber(),
    poApprovedFlag: true,
    uom: item.uom,
    customFields: [],
    ...options.extra,
    _info: { lastUpdated: draft.invoice._info.lastUpdated, updatedBy: 'dana' },
  };
  draft.products.push(row);
  return row;
}

/** Unit and extended amounts of a line that fit together. */
export function amounts(quantity: Decimal, price: Decimal, cost: Decimal): Record<string, number> {
  const extPrice = cents(quantity.times(price));
  const extCost = cents(quantity.times(cost));
  return {
    price: price.toNumber(),
    cost: cost.toNumber(),
    extPrice: extPrice.toNumber(),
    extCost: extCost.toNumber(),
    margin: toFloat(extPrice.minus(extCost)),
  };
}

/** A bundle is priced at the parent; its components carry their own prices, hidden, for information. */
export function addBundle(draft: Draft, random: SeededRandom, ids: SeedIds, quantity: number): void {
  const parent = addProduct(draft, ids, BUNDLE.item, { quantity, productClass: 'Bundle' });
  const hidden = random.chance(0.5);
  BUNDLE.components.forEach(({ item, quantity: each }, index) => {
    if (!item) throw new Error('the bundle names an item that is not in the catalogue');
    const reference = { id: item.id, identifier: item.identifier, name: item.name };
    draft.components.push({
      id: ids.next('component'),
      sequenceNumber: index + 1,
      quantity: each,
      catalogItem: reference,
      hidePriceFlag: true,
      hideItemIdentifierFlag: hidden,
      hideDescriptionFlag: false,
      hideQuantityFlag: false,
      hideExtendedPriceFlag: true,
      parentProductItem: { id: parent.id, name: BUNDLE.item.name } satisfies Ref,
      price: localPrice(draft, item.price).toNumber(),
      cost: localPrice(draft, item.cost).toNumber(),
      _info: { lastUpdated: draft.invoice._info.lastUpdated, updatedBy: 'dana' },
    });
  });
}
