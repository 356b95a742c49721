/** A stored record in the vendor's own shape; `null` and missing mean the same. */
export interface Doc {
  id: number;
  [field: string]: unknown;
}

export interface Ref {
  id: number;
  name?: string;
  identifier?: string;
  [field: string]: unknown;
}

export interface StatusRef extends Ref {
  isClosed: boolean;
}

interface RecordInfo {
  lastUpdated: string;
  updatedBy: string;
  dateEntered: string;
  enteredBy: string;
}

export interface InvoiceDoc extends Doc {
  invoiceNumber: string;
  type: string;
  status: StatusRef;
  company: Ref;
  locationId: number;
  date: string;
  taxableFlag: boolean;
  taxCode?: Ref;
  currency: Ref;
  serviceTotal: number;
  expenseTotal: number;
  productTotal: number;
  agreementAmount: number;
  serviceAdjustmentAmount: number;
  previousProgressApplied: number;
  downpaymentApplied: number;
  downpaymentPreviouslyTaxedFlag: boolean;
  subtotal: number;
  salesTax: number;
  total: number;
  payments: number;
  credits: number;
  balance: number;
  /** What the header says besides its lines (fixed fees, down payments); never leaves the sandbox. */
  _sandbox?: { headerService?: string; agreementTaxable?: boolean; agreements?: AgreementBilling[] };
  _info: RecordInfo;
}

export interface AgreementBilling {
  agreementName: string;
  agreementType: string;
  agreementAmount: number;
  agreementRecId: number;
  parentRecId?: number;
}

export interface PaymentDoc extends Doc {
  invoice: Ref;
  credit?: Ref;
  amount: number;
}

export interface CallbackDoc extends Doc {
  url: string;
  objectId: number;
  type: string;
  level: string;
  inactiveFlag: boolean;
  isSelfSuppressedFlag: boolean;
  connectWiseID: string;
}

export interface TaxLevelDoc extends Doc {
  taxCode: Ref;
  taxRate: number;
  taxServicesFlag: boolean;
  taxExpensesFlag: boolean;
  taxProductsFlag: boolean;
}
