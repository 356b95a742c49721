/**
 * Field names and kinds per record, so that a filter, a projection or a patch that names something the vendor does not
 * have is refused instead of ignored. Kinds: s text, i whole number, d decimal, b boolean, t date-time, r reference,
 * a list. A number after s is the longest text accepted on a write.
 */
export type FieldKind = 's' | 'i' | 'd' | 'b' | 't' | 'r' | 'a';
export interface Field {
  kind: FieldKind;
  maxLength?: number;
}
export interface Model {
  name: string;
  fields: ReadonlyMap<string, Field>;
  /** Worked out by the vendor: a patch may not set them, a replacement ignores them. */
  readOnly: ReadonlySet<string>;
}

function model(name: string, fields: string, readOnly = ''): Model {
  const entries = fields
    .trim()
    .split(/\s+/)
    .map((item): [string, Field] => {
      const [field = '', kind = 's'] = item.split(':');
      const maxLength = Number(kind.slice(1)) || undefined;
      return [field, maxLength ? { kind: kind[0] as FieldKind, maxLength } : { kind: kind[0] as FieldKind }];
    });
  return {
    name,
    fields: new Map([...entries, ['_info', { kind: 'r' }]]),
    readOnly: new Set(['id', '_info', ...readOnly.split(' ').filter(Boolean)]),
  };
}

export const Invoice = model(
  'Invoice',
  `id:i invoiceNumber:s15 type:s status:r company:r billToCompany:r shipToCompany:r accountNumber:s applyToType:s applyToId:i
   attention:s60 shipToAttention:s60 billingSite:r billingSiteAddressLine1:s billingSiteAddressLine2:s billingSiteCity:s
   billingSiteState:s billingSiteZip:s billingSiteCountry:s shippingSite:r shippingSiteAddressLine1:s shippingSiteAddressLine2:s
   shippingSiteCity:s shippingSiteState:s shippingSiteZip:s shippingSiteCountry:s billingTerms:r reference:s50 customerPO:s50
   templateSetupId:i invoiceTemplate:r emailTemplateId:i addToBatchEmailList:b date:t restrictDownpaymentFlag:b locationId:i
   location:r departmentId:i department:r territoryId:i territory:r topComment:s bottomComment:s taxableFlag:b taxCode:r
   internalNotes:s downpaymentPreviouslyTaxedFlag:b serviceTotal:d overrideDownPaymentAmountFlag:b currency:r dueDate:t
   expenseTotal:d productTotal:d previousProgressApplied:d serviceAdjustmentAmount:d agreementAmount:d downpaymentApplied:d
   subtotal:d total:d remainingDownpayment:d salesTax:d adjustmentReason:s adjustedBy:s closedBy:s payments:d credits:d balance:d
   specialInvoiceFlag:b billingSetupReference:r ticket:r project:r phase:r salesOrder:r agreement:r glBatch:r unbatchedBatch:r
   customFields:a`,
  'serviceTotal expenseTotal productTotal agreementAmount subtotal total salesTax payments credits balance remainingDownpayment ' +
    'closedBy glBatch unbatchedBatch',
);
export const ClosedInvoice = model('ClosedInvoice', 'id:i status:r internalNotes:s');
export const InvoicePayment = model(
  'InvoicePayment',
  `id:i type:s source:s invoice:r credit:r amount:d balance:d invoiceBalance:d invoiceTotal:d paymentDate:t appliedBy:s
   wisePayPayment:r paymentSyncStatus:s glBatchID:s50 paymentSyncDate:t paymentAccount:s aRPaymentAccount:s`,
  'invoice balance invoiceBalance invoiceTotal',
);
export const InvoiceRouting = model(
  'InvoiceRouting',
  'id:i invoice:r sequenceNumber:i member:r reviewedFlag:b dateReviewedUTC:t',
  'invoice',
);
export const BillingStatus = model('BillingStatus', 'id:i name:s30 sortOrder:i defaultFlag:b closedFlag:b inactiveFlag:b sentFlag:b');
export const BillingTerms = model('BillingTerms', 'id:i name:s50 defaultFlag:b dueDays:i termsXref:s50');
export const BillingSetup = model(
  'BillingSetup',
  `id:i remitName:s50 location:r addressOne:s50 addressTwo:s50 city:s50 state:r zip:s12 country:r phone:s15 invoiceTitle:s50
   payableName:s50 topcomment:s4000 invoiceFooter:s500 quoteFooter:s1000 overallInvoiceDefault:r excludeDoNotBillTimeFlag:b
   excludeDoNotBillExpenseFlag:b excludeDoNotBillProductFlag:b displayTaxFlag:b printLogoFlag:b emailTemplate:r localizedCountry:r
   businessNumber:s50 currency:r`,
);
export const TaxCode = model(
  'TaxCode',
  `id:i identifier:s8 description:s50 invoiceCaption:s25 country:r effectiveDate:t cancelDate:t defaultFlag:b displayOnInvoiceFlag:b
   canadaCalculateGSTFlag:b ${['One', 'Two', 'Three']
     .map(
       (n) =>
         `level${n}Rate:d level${n}RateType:s level${n}Caption:s25 level${n}TaxCodeXref:s50 level${n}AgencyXref:s100 ` +
         `level${n}ServicesFlag:b level${n}ExpensesFlag:b level${n}ProductsFlag:b`,
     )
     .join(' ')} workRoleIds:a expenseTypeIds:a productTypeIds:a`,
);
export const TaxCodeLevel = model(
  'TaxCodeLevel',
  `id:i taxLevel:i taxRate:d rateType:s taxableMax:d caption:s25 taxCodeXref:s50 agencyXref:s100 taxServicesFlag:b taxExpensesFlag:b
   taxProductsFlag:b singleUnitFlag:b singleUnitMinimum:d singleUnitMaximum:d`,
);
export const Currency = model(
  'Currency',
  `id:i currencyIdentifier:s10 name:s50 symbol:s10 displayIdFlag:b displaySymbolFlag:b currencyCode:r thousandsSeparator:s1
   decimalSeparator:s1 negativeParenthesesFlag:b rightAlign:b numberOfDecimals:i reportFormat:s`,
);
export const Agreement = model(
  'Agreement',
  `id:i name:s100 type:r company:r contact:r site:r parentAgreement:r customerPO:s50 location:r department:r startDate:t endDate:t
   noEndingDateFlag:b cancelledFlag:b dateCancelled:t internalNotes:s applicationUnits:s applicationLimit:d applicationCycle:s
   applicationUnlimitedFlag:b oneTimeFlag:b coverAgreementTime:b coverAgreementProduct:b coverAgreementExpense:b coverSalesTax:b
   billingCycle:r billingTerms:r invoicingCycle:s billToCompany:r billAmount:d taxable:b billStartDate:t taxCode:r
   invoiceDescription:s topComment:b bottomComment:b billTime:s billExpenses:s billProducts:s currency:r periodType:s
   autoInvoiceFlag:b nextInvoiceDate:s agreementStatus:s customFields:a`,
);
export const AgreementType = model('AgreementType', 'id:i name:s defaultFlag:b inactiveFlag:b prefixSuffixFlag:s');
export const Addition = model(
  'Addition',
  `id:i product:r quantity:d lessIncluded:d unitPrice:d unitCost:d billCustomer:s effectiveDate:t cancelledDate:t taxableFlag:b
   serialNumber:s50 invoiceDescription:s6000 agreementId:i description:s billedQuantity:d uom:s extPrice:d extCost:d sequenceNumber:d
   margin:d agreementStatus:s customFields:a`,
);
export const Adjustment = model('Adjustment', 'id:i amount:d description:s1000 effectiveDate:t agreementId:i');
export const TimeEntry = model(
  'TimeEntry',
  `id:i company:r companyType:s chargeToId:i chargeToType:s member:r locationId:i businessUnitId:i location:r department:r workType:r
   workRole:r agreement:r agreementType:s timeStart:t timeEnd:t hoursDeduct:d actualHours:d billableOption:s notes:s internalNotes:s
   addToDetailDescriptionFlag:b addToInternalAnalysisFlag:b addToResolutionFlag:b emailResourceFlag:b emailContactFlag:b emailCcFlag:b
   hoursBilled:d invoiceHours:d hourlyCost:s enteredBy:s dateEntered:t invoice:r mobileGuid:s hourlyRate:d overageRate:d
   agreementHours:d agreementAmount:d agreementAdjustment:d adjustment:d invoiceReady:i timeSheet:r status:s ticket:r project:r phase:r
   ticketBoard:s ticketStatus:s ticketType:s ticketSubType:s invoiceFlag:b extendedInvoiceAmount:d locationName:s taxCode:r
   customFields:a`,
);
export const ExpenseEntry = model(
  'ExpenseEntry',
  `id:i expenseReport:r company:r chargeToId:i chargeToType:s type:r member:r paymentMethod:r classification:r amount:d
   billableOption:s date:t locationId:i businessUnitId:i notes:s agreement:r invoiceAmount:d mobileGuid:s taxes:a invoice:r currency:r
   status:s billAmount:d agreementAmount:d odometerStart:d odometerEnd:d ticket:r project:r phase:r customFields:a`,
);
export const ProductItem = model(
  'ProductItem',
  `id:i catalogItem:r description:s2000 sequenceNumber:d quantity:d unitOfMeasure:r price:d cost:d extPrice:d extCost:d discount:d
   margin:d agreementAmount:d priceMethod:s billableOption:s agreement:r locationId:i location:r businessUnitId:i businessUnit:r
   vendor:r vendorSku:s50 taxableFlag:b dropshipFlag:b specialOrderFlag:b phaseProductFlag:b cancelledFlag:b quantityCancelled:d
   cancelledReason:s100 customerDescription:s6000 internalNotes:s1000 productSuppliedFlag:b ticket:r project:r phase:r salesOrder:r
   invoice:r warehouseId:i calculatedPriceFlag:b calculatedCostFlag:b warehouse:s warehouseBin:s purchaseDate:t taxCode:r
   integrationXRef:s listPrice:d serialNumberIds:a serialNumbers:a company:r productClass:s needToPurchaseFlag:b
   needToOrderQuantity:i minimumStockFlag:b calculatedPrice:d calculatedCost:d invoiceGrouping:r poApprovedFlag:b uom:s customFields:a`,
);
export const ProductComponent = model(
  'ProductComponent',
  `id:i sequenceNumber:i quantity:d catalogItem:r hidePriceFlag:b hideItemIdentifierFlag:b hideDescriptionFlag:b hideQuantityFlag:b
   hideExtendedPriceFlag:b vendor:r parentProductItem:r productItem:r price:d cost:d`,
);
export const Company = model(
  'Company',
  `id:i identifier:s30 name:s50 status:r addressLine1:s50 addressLine2:s50 city:s50 state:s50 zip:s12 country:r phoneNumber:s30
   faxNumber:s30 website:s255 territory:r accountNumber:s defaultContact:r dateAcquired:t annualRevenue:d timeZoneSetup:r leadFlag:b
   unsubscribeFlag:b taxIdentifier:s taxCode:r billingTerms:r billToCompany:r billingSite:r billingContact:r invoiceDeliveryMethod:r
   invoiceToEmailAddress:s invoiceCCEmailAddress:s deletedFlag:b mobileGuid:s currency:r isVendorFlag:b types:a site:r
   integratorTags:a customFields:a`,
);
export const CompanySite = model(
  'CompanySite',
  `id:i name:s50 addressLine1:s50 addressLine2:s50 city:s50 stateReference:r zip:s12 country:r phoneNumber:s30 taxCode:r
   primaryAddressFlag:b defaultShippingFlag:b defaultBillingFlag:b defaultMailingFlag:b inactiveFlag:b company:r customFields:a`,
);
export const Contact = model(
  'Contact',
  `id:i firstName:s lastName:s company:r site:r addressLine1:s city:s state:s zip:s country:r title:s inactiveFlag:b
   unsubscribeFlag:b defaultPhoneNbr:s defaultBillingFlag:b defaultFlag:b communicationItems:a types:a integratorTags:a customFields:a`,
);
export const Member = model(
  'Member',
  `id:i identifier:s15 firstName:s30 lastName:s30 title:s officeEmail:s primaryEmail:s licenseClass:s inactiveFlag:b adminFlag:b
   securityRole:r timeZone:r defaultLocation:r defaultDepartment:r workRole:r workType:r hourlyRate:d hireDate:t defaultEmail:s
   defaultPhone:s customFields:a`,
);
export const MemberInfo = model(
  'MemberInfo',
  'id:i identifier:s firstName:s middleInitial:s lastName:s fullName:s defaultEmail:s photo:r licenseClass:s inactiveFlag:b',
);
export const Location = model('Location', 'id:i name:s ownerLevelId:i timeZoneSetup:r inactiveFlag:b');
export const CallbackEntry = model(
  'CallbackEntry',
  `id:i description:s100 url:s objectId:i type:s level:s memberId:i payloadVersion:s inactiveFlag:b isSoapCallbackFlag:b
   isSelfSuppressedFlag:b connectWiseID:s`,
  'memberId connectWiseID isSoapCallbackFlag',
);
export const DocumentInfo = model(
  'DocumentInfo',
  `id:i title:s fileName:s serverFileName:s owner:s linkFlag:b imageFlag:b publicFlag:b htmlTemplateFlag:b readOnlyFlag:b size:i
   urlFlag:b createdOnDate:s documentType:r guid:s`,
);
export const AuditTrailEntry = model('AuditTrailEntry', 'text:s enteredDate:s enteredBy:s auditType:s auditSubType:s auditSource:s');
