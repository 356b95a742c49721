import type { InvoiceHeader } from './invoice-rows.js';
import type { InvoiceDetail, SystemSide } from './invoice-detail.js';
import { moneyText } from './money-text.js';
import type { ConnectorCatalog } from '../../connections/connector-catalog.js';

type Head = Omit<
  InvoiceDetail,
  | 'lines' | 'showsCost' | 'flags' | 'reviewers' | 'approval' | 'approvals' | 'rejection' | 'postings' | 'settlements'
  | 'revisions' | 'whatChanged' | 'source' | 'ledger' | 'documentHash' | 'unread' | 'unkept' | 'timeline'
>; // prettier-ignore

/** What the row and the current content say: sums and dates are the content's, state and balance the row's. */
export function invoiceHead({ invoice, content, customer }: InvoiceHeader): Head {
  const money = (amount: string) => moneyText(amount, content.currency);
  return {
    id: invoice.id,
    number: content.number,
    type: content.type,
    typeLabel: content.typeLabel,
    state: invoice.state,
    ...(invoice.voidCause && { voidCause: invoice.voidCause }),
    date: content.date,
    dueDate: content.dueDate,
    ...(content.terms && { terms: content.terms }),
    ...(content.purchaseOrder && { purchaseOrder: content.purchaseOrder }),
    ...(content.reference && { reference: content.reference }),
    ...(content.topComment && { topComment: content.topComment }),
    ...(content.bottomComment && { bottomComment: content.bottomComment }),
    customer: {
      id: invoice.customerId,
      name: content.customer.name,
      ...(customer.email && { email: customer.email }),
      party: content.customer,
    },
    ...(content.shipTo && { shipTo: content.shipTo }),
    location: invoice.context.location,
    ...(invoice.context.agreement && { agreement: invoice.context.agreement }),
    subtotal: money(content.subtotal),
    tax: money(content.tax),
    taxes: content.taxes.map((tax) => ({ ...tax, amount: money(tax.amount) })),
    total: money(content.total),
    balance: moneyText(invoice.balance, invoice.currency),
    checkPending: invoice.checkWanted,
    changedAfterPosting: invoice.changedAfterPosting,
  };
}

export function invoiceSource({ invoice, sourceConnector }: InvoiceHeader, connectors: ConnectorCatalog): InvoiceDetail['source'] {
  const { link, status } = invoice.context;
  return {
    connectionId: invoice.connectionId,
    connector: sourceConnector,
    label: connectors.label(sourceConnector),
    ...(link && { link }),
    status: { name: status.name, closed: status.closed },
    updatedAt: invoice.sourceUpdatedAt.toISOString(),
  };
}

export function invoiceLedger(
  { ledgerConnectionId, ledgerConnector, ledgerLink }: InvoiceHeader,
  connectors: ConnectorCatalog,
): SystemSide | undefined {
  if (!ledgerConnectionId || !ledgerConnector) return undefined;
  return {
    connectionId: ledgerConnectionId,
    connector: ledgerConnector,
    label: connectors.label(ledgerConnector),
    ...(ledgerLink && { link: ledgerLink }),
  };
}
