import { assertSums } from '../../../domain/invoice-sums.js';
import type { InvoiceContent, InvoiceLine, SourceInvoice } from '../../../domain/invoice.js';
import { MappingProblem } from '../../../ports/billing-source.js';
import { mapInvoice } from './map-invoice.js';

/** A payload of one Standard invoice as the fetch stores it; tests change only what they are about. */
export interface SamplePayload {
  version: number;
  invoice: Record<string, unknown>;
  time: Record<string, unknown>[];
  expenses: Record<string, unknown>[];
  products: Record<string, unknown>[];
  components: Record<string, unknown>[];
  agreementParts: Record<string, unknown>[];
  company?: Record<string, unknown>;
  taxCode?: Record<string, unknown>;
  routing: Record<string, unknown>[];
  appUrl: string;
}

const ticket = { id: 48213, summary: 'Rebuild file server' };

export const timeRow = (id: number, more: object = {}): Record<string, unknown> => ({
  id,
  member: { id: 176, identifier: 'jdoe', name: 'Jane Doe' },
  workType: { id: 3, name: 'Remote' },
  workRole: { id: 11, name: 'Engineer' },
  timeStart: '2026-06-18T23:30:00Z',
  billableOption: 'Billable',
  notes: 'Rebuilt RAID set and restored shares.',
  actualHours: 2.5,
  invoiceHours: 2.5,
  hourlyRate: 150,
  overageRate: 0,
  agreementHours: 0,
  extendedInvoiceAmount: 375,
  ticket,
  taxCode: { id: 11, name: 'FL-Hillsborough' },
  ...more,
});

export const productRow = (id: number, more: object = {}): Record<string, unknown> => ({
  id,
  catalogItem: { id: 743, identifier: 'SSD-1TB', name: '1TB SATA SSD' },
  description: '1TB SATA SSD',
  customerDescription: '1TB SATA SSD (file server)',
  sequenceNumber: 1,
  quantity: 2,
  quantityCancelled: 0,
  uom: 'Each',
  price: 120,
  extPrice: 240,
  cost: 84.5,
  extCost: 169,
  billableOption: 'Billable',
  cancelledFlag: false,
  taxableFlag: true,
  taxCode: { id: 11, name: 'FL-Hillsborough' },
  productClass: 'Inventory',
  ticket,
  ...more,
});

export const expenseRow = (id: number, more: object = {}): Record<string, unknown> => ({
  id,
  type: { id: 2, name: 'Mileage' },
  member: { id: 176, identifier: 'jdoe', name: 'Jane Doe' },
  billableOption: 'Billable',
  date: '2026-06-18T00:00:00Z',
  amount: 40,
  invoiceAmount: 45.5,
  ticket,
  ...more,
});

const LEVELS = {
  levelOneRate: 0.06,
  levelOneRateType: 'Percent',
  levelOneCaption: 'State',
  levelOneServicesFlag: false,
  levelOneExpensesFlag: false,
  levelOneProductsFlag: true,
  levelTwoRate: 0.0225,
  levelTwoRateType: 'Percent',
  levelTwoCaption: 'County',
  levelTwoServicesFlag: false,
  levelTwoExpensesFlag: false,
  levelTwoProductsFlag: true,
};

const COMPANY = {
  id: 250,
  identifier: 'Northwind',
  name: 'Northwind Dental Group',
  addressLine1: '12 Harbor St',
  city: 'Tampa',
  accountNumber: 'NWD001',
  phoneNumber: '8135550142',
  taxIdentifier: '',
  invoiceToEmailAddress: 'ap@northwinddental.example',
  deletedFlag: false,
};

/** 375 of services, 45.50 of expenses, 240 of products taxed with 8.25 %: 660.50 + 19.80 = 680.30. */
export function samplePayload(): SamplePayload {
  return {
    version: 1,
    invoice: {
      id: 5201,
      invoiceNumber: '1201',
      type: 'Standard',
      status: { id: 1, name: 'New', isClosed: false },
      company: { id: 250, identifier: 'Northwind', name: 'Northwind Dental Group' },
      billToCompany: { id: 250, identifier: 'Northwind', name: 'Northwind Dental Group' },
      shipToCompany: { id: 250, identifier: 'Northwind', name: 'Northwind Dental Group' },
      accountNumber: 'NWD001',
      attention: 'Dana Fields',
      billingSiteAddressLine1: '12 Harbor St',
      billingSiteCity: 'Tampa',
      billingSiteState: 'FL',
      billingSiteZip: '33602',
      billingSiteCountry: 'United States',
      shippingSiteAddressLine1: '12 Harbor St',
      shippingSiteCity: 'Tampa',
      shippingSiteState: 'FL',
      shippingSiteZip: '33602',
      shippingSiteCountry: 'United States',
      billingTerms: { id: 3, name: 'Net 30' },
      reference: 'Server rebuild',
      customerPO: 'PO-7781',
      date: '2026-06-30T00:00:00Z',
      dueDate: '2026-07-30T00:00:00Z',
      locationId: 2,
      location: { id: 2, name: 'Tampa Office' },
      taxableFlag: true,
      taxCode: { id: 11, name: 'FL-Hillsborough' },
      currency: { id: 7, currencyCode: 'USD', name: 'US Dollars' },
      serviceTotal: 375,
      expenseTotal: 45.5,
      productTotal: 240,
      previousProgressApplied: 0,
      serviceAdjustmentAmount: 0,
      agreementAmount: 0,
      downpaymentApplied: 0,
      subtotal: 660.5,
      salesTax: 19.8,
      total: 680.3,
      payments: 100,
      credits: 0,
      balance: 580.3,
      ticket,
      _info: { lastUpdated: '2026-07-01T14:02:11Z' },
    },
    time: [timeRow(90511)],
    expenses: [expenseRow(7710)],
    products: [productRow(33107)],
    components: [],
    agreementParts: [],
    company: { ...COMPANY },
    taxCode: { id: 11, identifier: 'FL-HILLS', description: 'FL-Hillsborough', invoiceCaption: 'Florida sales tax', ...LEVELS },
    routing: [
      { id: 2, sequenceNumber: 2, member: { id: 8, identifier: 'mo', name: 'Mo' }, email: 'mo@msp.example' },
      { id: 1, sequenceNumber: 1, member: { id: 9, identifier: 'jdoe', name: 'Jane Doe' }, email: 'jane@msp.example' },
      { id: 3, sequenceNumber: 3, member: { id: 10, identifier: 'api', name: 'No Mail' } },
    ],
    appUrl: 'https://na.myconnectwise.net',
  };
}

/** The sample, changed, as the client would see it; its sums are asserted. */
export function mapped(change: (payload: SamplePayload) => void = () => undefined): SourceInvoice {
  const payload = samplePayload();
  change(payload);
  const { invoice } = mapInvoice(payload);
  assertSums(invoice.content);
  return invoice;
}

export const contentOf = (change?: (payload: SamplePayload) => void): InvoiceContent => mapped(change).content;

export function lineOf(key: string, { lines }: InvoiceContent): InvoiceLine {
  const found = lines.find((one) => one.key === key);
  if (!found) throw new Error(`no line ${key} among ${lines.map((one) => one.key).join(' ')}`);
  return found;
}

/** Why the changed sample cannot be mapped. */
export function problemOf(change: (payload: SamplePayload) => void): MappingProblem {
  const payload = samplePayload();
  change(payload);
  try {
    mapInvoice(payload);
  } catch (error) {
    if (error instanceof MappingProblem) return error;
    throw error;
  }
  throw new Error('it was mapped');
}

export const header = (payload: SamplePayload, fields: Record<string, unknown>): object => Object.assign(payload.invoice, fields);
