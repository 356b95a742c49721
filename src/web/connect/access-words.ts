import type { ConnectorDescriptor } from '../../ports/connector.js';

/** What a connection is asked to allow, in a person's words. */
export function accessWords({ billingSource, accountingLedger, paymentSink }: ConnectorDescriptor['capabilities']): string[] {
  return [
    ...(billingSource
      ? ['Reading invoices with the time, expenses and products behind them', 'Writing the billing status of an invoice']
      : []),
    ...(paymentSink ? ['Writing payments that were received'] : []),
    ...(accountingLedger
      ? ['Reading the company, its accounts and its taxes', 'Writing customers, invoices and credit notes', 'Reading payments']
      : []),
  ];
}
