import { Decimal } from '../../../domain/money.js';
import { money, plain, type LineContext, type MappedLine } from './line.js';
import { linkTo } from './links.js';
import type { AgreementPartRecord, InvoiceRecord } from './records.js';

/** The flat amounts, one line per agreement; the header's own amount where the PSA does not say what it consists of. */
export function agreementLines(invoice: InvoiceRecord, parts: readonly AgreementPartRecord[], context: LineContext): MappedLine[] {
  const stated = invoice.agreementAmount ?? new Decimal(0);
  const charged = parts.filter((part) => part.agreementAmount !== undefined && !part.agreementAmount.isZero());
  if (charged.length > 0) return charged.map((part) => agreementLine(part, context));
  if (stated.isZero()) return [];
  const { agreement } = invoice;
  return [
    agreementLine(
      { agreementRecId: agreement?.id ?? invoice.id, agreementName: agreement?.name, agreementAmount: stated, taxable: false },
      context,
    ),
  ];
}

function agreementLine(
  { agreementRecId: id, agreementName, agreementAmount, taxable }: AgreementPartRecord,
  context: LineContext,
): MappedLine {
  const exact = agreementAmount ?? new Decimal(0);
  const name = agreementName ?? 'Agreement';
  return {
    exact,
    line: {
      key: `agreement:${id}`,
      kind: 'agreement',
      description: name,
      quantity: '1',
      unitPrice: plain(exact),
      amount: money(exact, context.currency),
      taxable: taxable && context.rules.services,
      billable: 'billable',
      agreementName: name,
    },
    facts: { link: linkTo(context.appUrl, 'agreement', id), targetId: `agreement:${id}` },
  };
}
