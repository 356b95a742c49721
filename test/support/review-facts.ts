import type { InvoiceContent, InvoiceContext } from '../../src/domain/invoice.js';
import type { ReviewFacts } from '../../src/domain/review/rule.js';
import { anInvoice } from './invoices.js';

/** An invoice as the review rules see it; `context` is what the test is about. */
export function reviewFacts(
  content: Partial<InvoiceContent>,
  context: Partial<InvoiceContext> = {},
  previousOnAgreement?: ReviewFacts['previousOnAgreement'],
): ReviewFacts {
  const invoice = anInvoice(content);
  return {
    content: invoice,
    context: {
      externalId: '1201',
      customerExternalId: '250',
      status: { externalId: '1', name: 'New', closed: false },
      location: { externalId: '2', name: 'Tampa' },
      hasTaxCode: true,
      taxableCustomer: true,
      lineFacts: {},
      routing: [],
      paid: '0',
      credited: '0',
      balance: invoice.total,
      updatedAt: '2026-11-02T08:00:00Z',
      ...context,
    },
    ...(previousOnAgreement && { previousOnAgreement }),
  };
}
