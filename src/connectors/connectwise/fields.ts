/**
 * What is asked for, per kind of record; nothing else leaves the PSA. Internal notes are not here and must never be.
 * References are asked for as a whole, which is shorter than naming their members, and lose their links on arrival.
 */
const fields = (text: string): string => text.trim().split(/\s+/).join(',');

export const INVOICE_FIELDS = fields(`id invoiceNumber type status company billToCompany shipToCompany accountNumber applyToType
  attention shipToAttention billingSiteAddressLine1 billingSiteAddressLine2 billingSiteCity billingSiteState billingSiteZip
  billingSiteCountry shippingSiteAddressLine1 shippingSiteAddressLine2 shippingSiteCity shippingSiteState shippingSiteZip
  shippingSiteCountry billingTerms reference customerPO date dueDate locationId location topComment bottomComment taxableFlag
  taxCode downpaymentPreviouslyTaxedFlag currency serviceTotal expenseTotal productTotal previousProgressApplied
  serviceAdjustmentAmount agreementAmount downpaymentApplied subtotal salesTax total payments credits balance specialInvoiceFlag
  ticket project phase salesOrder agreement _info`);

export const TIME_FIELDS = fields(`id invoice member workType workRole agreement timeStart billableOption notes actualHours
  invoiceHours hourlyRate overageRate agreementHours extendedInvoiceAmount ticket project phase taxCode`);

export const EXPENSE_FIELDS = fields(`id invoice type member billableOption date notes agreement amount billAmount invoiceAmount
  ticket project phase`);

export const PRODUCT_FIELDS = fields(`id invoice catalogItem description customerDescription sequenceNumber quantity quantityCancelled
  uom price extPrice cost extCost billableOption cancelledFlag taxableFlag taxCode productClass agreement ticket project phase
  salesOrder`);

export const COMPONENT_FIELDS = fields(`id sequenceNumber quantity catalogItem hidePriceFlag hideItemIdentifierFlag hideDescriptionFlag
  hideQuantityFlag parentProductItem price`);

export const AGREEMENT_FIELDS = fields('id name type parentAgreement billAmount taxable cancelledFlag');

export const COMPANY_FIELDS = fields(`id identifier name addressLine1 addressLine2 city state zip country phoneNumber accountNumber
  taxIdentifier invoiceToEmailAddress currency deletedFlag`);

export const ROUTING_FIELDS = fields('id sequenceNumber member');
export const MEMBER_FIELDS = fields('id identifier fullName firstName lastName defaultEmail licenseClass inactiveFlag');
export const GLANCE_FIELDS = fields('id status total currency _info');
/** Enough to see whose invoice a row belongs to and when it changed. */
export const CHANGE_FIELDS = fields('id invoice _info');

const KEPT_INFO = ['lastUpdated', 'dateEntered'];

/** A record without the vendor's own links, which may point anywhere, and without who last touched it. */
export function withoutLinks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLinks);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    if (name !== '_info') return [[name, withoutLinks(field)]];
    const info = Object.entries((field ?? {}) as object).filter(([key]) => KEPT_INFO.includes(key));
    return info.length === 0 ? [] : [[name, Object.fromEntries(info)]];
  });
  return Object.fromEntries(entries);
}
