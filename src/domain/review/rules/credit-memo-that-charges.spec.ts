import { describe, expect, it } from 'vitest';
import { aContext, anInvoice } from '../../../../test/support/invoices.js';
import type { InvoiceContent } from '../../invoice.js';
import { creditMemoThatCharges } from './credit-memo-that-charges.js';

const check = (content: Partial<InvoiceContent>, link?: string) =>
  creditMemoThatCharges.check({ content: anInvoice(content), context: aContext({ externalId: '77', ...(link && { link }) }) });

describe('a credit memo that charges', () => {
  it('is an error of the whole invoice that says the amount and what to do', () => {
    expect(check({ type: 'credit_memo', total: '0.01' }, 'https://psa.example/77')).toEqual([
      {
        rule: creditMemoThatCharges.key,
        severity: 'error',
        title: 'Credit memo charges',
        message: expect.stringMatching(/would charge the client .*0\.01.*Make its amounts negative\.$/),
        target: 'invoice:77',
        link: 'https://psa.example/77',
        revealsCost: false,
      },
    ]);
  });

  it.each(['0.00', '-0.01', '-250.00'])('is none at %s', (total) => {
    expect(check({ type: 'credit_memo', total })).toEqual([]);
  });

  it('is none of any other kind of invoice', () => {
    expect(check({ type: 'standard', total: '250.00' })).toEqual([]);
  });
});
