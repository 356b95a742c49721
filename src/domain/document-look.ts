/** Bump with every change of the template or of the way it is printed: unapproved invoices are then rendered anew. */
const TEMPLATE = 'invoice-v1';
const PRINTER = 1;

/** What besides the content decides the bytes of a document. */
export function documentLook(brandVersion: number, locationExternalId: string): string {
  return `${TEMPLATE}.p${PRINTER}.b${brandVersion}.l${locationExternalId}`;
}
