import type { InvoiceContext, LineFacts } from '../../../domain/invoice.js';
import { Decimal } from '../../../domain/money.js';
import { money, present, type MappedLine } from './line.js';
import { linkTo } from './links.js';
import { payer } from './party.js';
import type { PayloadRecord } from './records.js';

const ZERO = new Decimal(0);

/** All that may change without a new revision. */
export function contextOf(payload: PayloadRecord, lines: readonly MappedLine[], currency: string): InvoiceContext {
  const { invoice, company, appUrl } = payload;
  const { status, agreement, location } = invoice;
  const locationId = String(location?.id ?? invoice.locationId ?? '');
  return {
    externalId: String(invoice.id),
    customerExternalId: String(payer(invoice).id),
    status: { externalId: String(status?.id ?? ''), name: status?.name ?? '', closed: status?.isClosed === true },
    location: { externalId: locationId, name: location?.name ?? (locationId && `Location ${locationId}`) },
    hasTaxCode: invoice.taxCode !== undefined,
    taxableCustomer: invoice.taxableFlag,
    lineFacts: Object.fromEntries(lines.map(({ line, facts }): [string, LineFacts] => [line.key, facts])),
    routing: routingOf(payload),
    paid: money(invoice.payments ?? ZERO, currency),
    credited: money(invoice.credits ?? ZERO, currency),
    balance: money(invoice.balance ?? ZERO, currency),
    updatedAt: invoice._info?.lastUpdated ?? '1970-01-01T00:00:00Z',
    link: linkTo(appUrl, 'invoice', invoice.id),
    ...present({
      agreement: agreement && { externalId: String(agreement.id), name: agreement.name ?? `Agreement ${agreement.id}` },
      recipientEmail: company?.invoiceToEmailAddress,
    }),
  };
}

/** In the order in which they are to look; who has no e-mail address cannot be asked. */
function routingOf({ routing }: PayloadRecord): InvoiceContext['routing'] {
  const sorted = routing.toSorted((a, b) => (a.sequenceNumber ?? ZERO).comparedTo(b.sequenceNumber ?? ZERO) || a.id - b.id);
  return sorted.flatMap(({ member, email }) => {
    if (!member || email === undefined) return [];
    return [{ externalId: String(member.id), name: member.name ?? member.identifier ?? email, email }];
  });
}
