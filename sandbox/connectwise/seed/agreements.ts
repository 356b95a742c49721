import { Decimal } from 'decimal.js';
import type { SeededRandom } from '../../kit/random.js';
import type { SandboxStore } from '../../kit/store.js';
import type { AgreementBilling, Ref } from '../documents.js';
import { cents, sum, toFloat } from '../money.js';
import { SUBSCRIPTIONS, type CatalogueItem } from './catalogue.js';
import type { Account } from './companies.js';
import { invoiceReference, startDraft, storeDraft } from './draft.js';
import type { SeedIds } from './ids.js';
import { AGREEMENT_DATES, agreementNumber, hasAgreement } from './plan.js';
import { plantedRule } from './planted.js';
import { addProduct } from './product-lines.js';
import { INFO } from './setup.js';
import { addTime, newTicket, quarterHours } from './time-lines.js';

interface SoldAddition {
  item: CatalogueItem;
  quantity: number;
  included: number;
}

export interface SoldAgreement {
  account: Account;
  reference: Ref;
  billing: AgreementBilling[];
  additions: SoldAddition[];
}

const FIRST_AGREEMENT_ID = 88;
const FIRST_CHILD_ID = 188;
/** More seats from October on: the change that a reviewer should be told about. */
const ADDED_SEATS = 3;

/** One agreement for three customers in four, with additions; every fourth agreement has a child that is billed with it. */
export function seedAgreements(store: SandboxStore, random: SeededRandom, ids: SeedIds, accounts: readonly Account[]): SoldAgreement[] {
  const sold = accounts.filter(({ index }) => hasAgreement(index)).map((account, index) => sell(random, account, index));
  for (const agreement of sold) storeAgreement(store, ids, agreement);
  return sold;
}

function sell(random: SeededRandom, account: Account, index: number): SoldAgreement {
  const factor = account.office.priceFactor;
  const amount = toFloat(new Decimal(random.between(18, 84)).times(50).times(factor));
  const id = FIRST_AGREEMENT_ID + index;
  const name = 'Managed Services';
  const parent: AgreementBilling = { agreementName: name, agreementType: name, agreementAmount: amount, agreementRecId: id };
  const child: AgreementBilling = {
    agreementName: 'Backup & Recovery',
    agreementType: 'Backup',
    agreementAmount: toFloat(new Decimal(random.between(4, 12)).times(35).times(factor)),
    agreementRecId: FIRST_CHILD_ID + index,
    parentRecId: id,
  };
  const additions = SUBSCRIPTIONS.slice(0, random.between(2, SUBSCRIPTIONS.length)).map((item, position) => ({
    item,
    quantity: item.identifier === 'BKP-SRV' ? random.between(1, 4) : random.between(6, 45),
    included: position === 1 ? 2 : 0,
  }));
  const reference = { id, name, type: name, chargeFirmFlag: false };
  return { account, reference, billing: index % 4 === 1 ? [parent, child] : [parent], additions };
}

function storeAgreement(store: SandboxStore, ids: SeedIds, { account, billing, additions }: SoldAgreement): void {
  for (const { agreementRecId, agreementName, agreementType, agreementAmount, parentRecId } of billing) {
    store.put('agreement', agreementRecId, {
      id: agreementRecId,
      name: agreementName,
      type: { id: agreementType === 'Backup' ? 5 : 4, name: agreementType },
      company: account.company,
      contact: account.contact,
      site: account.site,
      ...(parentRecId && {
        parentAgreement: { id: parentRecId, name: billing[0]?.agreementName, type: billing[0]?.agreementType, chargeFirmFlag: false },
      }),
      location: account.office.location,
      department: { id: 10, identifier: 'Services', name: 'Services' },
      startDate: '2026-01-01T00:00:00Z',
      noEndingDateFlag: true,
      cancelledFlag: false,
      applicationUnits: 'Hours',
      applicationLimit: 10,
      applicationCycle: 'CalendarMonth',
      applicationUnlimitedFlag: false,
      oneTimeFlag: false,
      coverAgreementTime: true,
      coverAgreementProduct: false,
      coverAgreementExpense: false,
      coverSalesTax: false,
      billingCycle: { id: 2, name: 'Monthly' },
      billingTerms: account.terms,
      invoicingCycle: 'CalendarYear',
      billToCompany: account.company,
      billAmount: agreementAmount,
      taxable: isTaxable(account),
      billStartDate: '2026-01-01T00:00:00Z',
      taxCode: account.taxCode,
      topComment: false,
      bottomComment: false,
      billTime: 'Billable',
      billExpenses: 'Billable',
      billProducts: 'Billable',
      currency: account.office.currency,
      periodType: 'Current',
      autoInvoiceFlag: true,
      nextInvoiceDate: '2026-12-01T00:00:00Z',
      agreementStatus: 'Active',
      customFields: [],
      _info: INFO,
    });
  }
  additions.forEach((addition, index) => storeAddition(store, ids, account, billing[0]?.agreementRecId ?? 0, addition, index));
  if (account.index % 10 === 0) {
    const adjustment = {
      id: ids.next('adjustment'),
      amount: -50,
      description: 'Goodwill for the outage in March',
      effectiveDate: '2026-03-01T00:00:00Z',
    };
    store.put('adjustment', adjustment.id, { ...adjustment, agreementId: billing[0]?.agreementRecId, _info: INFO });
  }
}

const isTaxable = (account: Account): boolean => account.office.key === 'au';

function storeAddition(
  store: SandboxStore,
  ids: SeedIds,
  account: Account,
  agreementId: number,
  { item, quantity, included }: SoldAddition,
  index: number,
): void {
  const [price, cost] = [item.price, item.cost].map((value) => cents(new Decimal(value).times(account.office.priceFactor))) as [
    Decimal,
    Decimal,
  ];
  const billed = new Decimal(quantity).minus(included);
  const id = ids.next('addition');
  store.put('addition', id, {
    id,
    product: { id: item.id, identifier: item.identifier, serializedFlag: false },
    quantity,
    lessIncluded: included,
    unitPrice: price.toNumber(),
    unitCost: cost.toNumber(),
    billCustomer: 'Billable',
    effectiveDate: '2026-01-01T00:00:00Z',
    taxableFlag: true,
    invoiceDescription: item.name,
    agreementId,
    description: item.name,
    billedQuantity: billed.toNumber(),
    uom: item.uom,
    extPrice: toFloat(billed.times(price)),
    extCost: toFloat(billed.times(cost)),
    sequenceNumber: index + 1,
    margin: toFloat(billed.times(price.minus(cost))),
    agreementStatus: 'Active',
    customFields: [],
    _info: INFO,
  });
}

/** What is billed on the first of the month; the same amount every month unless seats were added. */
export function billAgreements(
  store: SandboxStore,
  random: SeededRandom,
  ids: SeedIds,
  sold: readonly SoldAgreement[],
  month: number,
): void {
  sold.forEach((agreement, index) => {
    const number = agreementNumber(month, index);
    if (plantedRule(number) === 'agreement-amount-changed') addSeats(store, agreement);
    billAgreement(store, random, ids, agreement, number, AGREEMENT_DATES[month] ?? AGREEMENT_DATES[0]);
  });
}

function addSeats(store: SandboxStore, { additions, billing }: SoldAgreement): void {
  const [seats] = additions;
  if (!seats) return;
  seats.quantity += ADDED_SEATS;
  const stored = store
    .all<{ id: number; agreementId: number; unitPrice: number; unitCost: number }>('addition')
    .find((row) => row.agreementId === billing[0]?.agreementRecId);
  if (!stored) return;
  const billed = new Decimal(seats.quantity).minus(seats.included);
  store.put('addition', stored.id, {
    ...stored,
    quantity: seats.quantity,
    billedQuantity: billed.toNumber(),
    extPrice: toFloat(billed.times(stored.unitPrice)),
    extCost: toFloat(billed.times(stored.unitCost)),
    margin: toFloat(billed.times(new Decimal(stored.unitPrice).minus(stored.unitCost))),
  });
}

function billAgreement(
  store: SandboxStore,
  random: SeededRandom,
  ids: SeedIds,
  agreement: SoldAgreement,
  number: string,
  date: string,
): void {
  const { account, reference, billing, additions } = agreement;
  const draft = startDraft(random, account, {
    type: 'Agreement',
    number,
    date,
    agreements: billing,
    agreementTaxable: isTaxable(account),
    fields: {
      applyToType: 'Agreement',
      applyToId: reference.id,
      agreement: reference,
      agreementAmount: toFloat(sum(billing.map(({ agreementAmount }) => agreementAmount))),
      reference: `Managed Services ${date.slice(0, 7)}`,
    },
  });
  for (const { item, quantity, included } of additions) {
    addProduct(draft, ids, item, {
      quantity: quantity - included,
      productClass: 'Agreement',
      extra: { agreement: reference, invoice: invoiceReference(draft) },
    });
  }
  const ticket = newTicket(random, ids);
  for (let entries = random.between(2, 3); entries > 0; entries -= 1) {
    const worked = quarterHours(random, 1, 8);
    addTime(draft, random, ids, ticket, { worked, covered: worked }, reference);
  }
  storeDraft(store, draft);
}
