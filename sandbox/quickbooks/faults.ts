import { QboFault } from './fault-bodies.js';

/** The refusals of the application tier by what went wrong; texts follow what the real service is known to answer. */

export function missingParameter(name: string): QboFault {
  return new QboFault(
    '2020',
    'Required param missing, need to supply the required value for the API',
    `Required parameter ${name} is missing in the request`,
    name,
  );
}

export function unknownProperty(detail: string): QboFault {
  return new QboFault('2010', 'Request has invalid or unsupported property', `Property Name:${detail} specified is unsupported or invalid`);
}

export function invalidId(value: string): QboFault {
  return new QboFault('2030', 'Invalid ID', `Id should be a valid number. Supplied value:${value}`, 'Id');
}

export function tooLong(element: string, max: number, length: number): QboFault {
  return new QboFault(
    '2050',
    'Invalid String',
    `String length is either shorter or longer than supported by specification. Min:0 Max:${max} supported. Supplied length:${length}`,
    element,
  );
}

export function invalidEnumeration(element: string, value: unknown): QboFault {
  return new QboFault('2170', 'Invalid Enumeration', `Invalid Enumeration : ${String(value)}`, element);
}

export function invalidReference(list: string, id: string, element = ''): QboFault {
  return new QboFault('2500', 'Invalid Reference Id', `Invalid Reference Id : ${list} element id ${id} not found`, element);
}

export function objectNotFound(): QboFault {
  return new QboFault(
    '610',
    'Object Not Found',
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.",
  );
}

export function transactionGone(): QboFault {
  return new QboFault(
    '610',
    'Object Not Found',
    'Object Not Found : Another user has deleted this transaction, so it can no longer be used.',
  );
}

export function cannotLink(detail: string): QboFault {
  return new QboFault('620', 'Transaction could not be linked', `Transaction could not be linked : ${detail}`);
}

export function staleObject(): QboFault {
  return new QboFault(
    '5010',
    'Stale Object Error',
    'Stale Object Error : You and Dana Roe were working on this at the same time. Dana Roe finished before you did, so your work was not saved.',
  );
}

export function businessError(detail: string, element = ''): QboFault {
  return new QboFault(
    '6000',
    'A business validation error has occurred while processing your request',
    `Business Validation Error: ${detail}`,
    element,
  );
}

export function amountMismatch(amount: string): QboFault {
  return new QboFault(
    '6070',
    'Amount calculation incorrect in the request',
    `Amount is not equal to UnitPrice * Qty. Supplied value:${amount}`,
    'Line.Amount',
  );
}

export function invalidLineTaxCode(code: string): QboFault {
  return new QboFault(
    '6100',
    'Invalid tax code for the line',
    `Invalid tax code : a line of a US company takes TAX or NON. Supplied value:${code}`,
    'TaxCodeRef',
  );
}

export function duplicateNumber(docNumber: string, txnType: string, txnId: string): QboFault {
  return new QboFault(
    '6140',
    'Duplicate Document Number Error',
    `Duplicate Document Number Error : You must specify a different number. This number has already been used. DocNumber=${docNumber} ` +
      `is assigned to TxnType=${txnType} with TxnId=${txnId}`,
  );
}

export function periodClosed(): QboFault {
  return new QboFault(
    '6210',
    'Account Period Closed, Cannot Update Through Services API',
    'The account period has closed and the account books cannot be updated through the QBO Services API. Please check with your ' +
      'Accountant about your account period.',
  );
}

export function duplicateName(): QboFault {
  return new QboFault(
    '6240',
    'Duplicate Name Exists Error',
    'The name supplied already exists. : Another customer, vendor or employee is already using this name. Please use a different name.',
  );
}

export function queryParserError(detail: string): QboFault {
  return new QboFault('4000', 'Error parsing query', `QueryParserError: ${detail}`);
}

export function queryValidationError(detail: string): QboFault {
  return new QboFault('4001', 'Invalid query', `QueryValidationError: ${detail}`);
}
