import type { Customer } from '../../../domain/customer.js';
import type { Address, InvoiceParty } from '../../../domain/invoice.js';
import { MappingProblem } from '../../../ports/billing-source.js';
import { present } from './line.js';
import type { CompanyRecord, InvoiceRecord, Reference } from './records.js';

interface AddressParts {
  line1?: string | undefined;
  line2?: string | undefined;
  city?: string | undefined;
  state?: string | undefined;
  postcode?: string | undefined;
  country?: string | undefined;
}

function address({ line1, line2, ...rest }: AddressParts): Address {
  return { lines: [line1, line2].filter((line) => line !== undefined), ...present(rest) };
}

const isEmpty = ({ lines, ...rest }: Address): boolean => lines.length === 0 && Object.keys(rest).length === 0;

function companyAddress(company: CompanyRecord | undefined): Address {
  if (!company) return { lines: [] };
  const { addressLine1: line1, addressLine2: line2, city, state, zip: postcode, country } = company;
  return address({ line1, line2, city, state, postcode, country: country?.name });
}

function billingAddress(invoice: InvoiceRecord): Address {
  return address({
    line1: invoice.billingSiteAddressLine1,
    line2: invoice.billingSiteAddressLine2,
    city: invoice.billingSiteCity,
    state: invoice.billingSiteState,
    postcode: invoice.billingSiteZip,
    country: invoice.billingSiteCountry,
  });
}

function shippingAddress(invoice: InvoiceRecord): Address {
  return address({
    line1: invoice.shippingSiteAddressLine1,
    line2: invoice.shippingSiteAddressLine2,
    city: invoice.shippingSiteCity,
    state: invoice.shippingSiteState,
    postcode: invoice.shippingSiteZip,
    country: invoice.shippingSiteCountry,
  });
}

/** Who pays. @throws MappingProblem without one. */
export function payer(invoice: InvoiceRecord): Reference {
  const company = invoice.billToCompany ?? invoice.company;
  if (!company) throw new MappingProblem('The invoice names no company.', 'invoice.company');
  return company;
}

/** As printed. The site's address on the invoice wins over the company's own. */
export function billedParty(invoice: InvoiceRecord, company: CompanyRecord | undefined): InvoiceParty {
  const site = billingAddress(invoice);
  return {
    name: nameOf(payer(invoice), company),
    address: isEmpty(site) ? companyAddress(company) : site,
    ...present({
      attention: invoice.attention,
      accountNumber: invoice.accountNumber ?? company?.accountNumber,
      taxId: company?.taxIdentifier,
    }),
  };
}

/** Only where it says something that the address of the bill does not. */
export function shippedParty(invoice: InvoiceRecord, billed: InvoiceParty): InvoiceParty | undefined {
  const site = shippingAddress(invoice);
  const name = invoice.shipToCompany?.name ?? billed.name;
  const isSame = isEmpty(site) || JSON.stringify(site) === JSON.stringify(billed.address);
  if (isSame && name === billed.name) return undefined;
  return { name, address: site, ...present({ attention: invoice.shipToAttention }) };
}

export function customerOf(invoice: InvoiceRecord, company: CompanyRecord | undefined): Customer {
  const reference = payer(invoice);
  const own = companyAddress(company);
  return {
    externalId: String(reference.id),
    name: nameOf(reference, company),
    address: isEmpty(own) ? billingAddress(invoice) : own,
    // A company that the PSA no longer hands out is in its recycle bin.
    deleted: company === undefined || company.deletedFlag,
    ...present({
      accountNumber: company?.accountNumber ?? invoice.accountNumber,
      email: company?.invoiceToEmailAddress,
      phone: company?.phoneNumber,
      taxId: company?.taxIdentifier,
      currency: company?.currency?.currencyCode ?? company?.currency?.isoCode,
    }),
  };
}

function nameOf(reference: Reference, company: CompanyRecord | undefined): string {
  return reference.name ?? company?.name ?? reference.identifier ?? `Company ${reference.id}`;
}
