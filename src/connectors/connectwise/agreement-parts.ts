import { Decimal } from '../../domain/money.js';
import { fromJsonNumber, NotAJsonNumber } from '../kit/money-border.js';
import type { ConnectwiseClient, Row } from './client.js';
import { concurrently } from './concurrently.js';
import { AGREEMENT_FIELDS, withoutLinks } from './fields.js';
import type { MissingLists } from './optional-lists.js';

/** One agreement's share of an invoice's flat amount; the vendor's own shape plus whether it is taxed. */
export interface AgreementPart {
  agreementRecId: number;
  agreementName?: unknown;
  agreementAmount?: unknown;
  parentRecId?: unknown;
  taxable?: boolean;
}

const INFO_WIDTH = 4;

/**
 * What the flat amounts of agreement invoices consist of, by invoice id. One list of agreements answers for nearly all:
 * an agreement without children is its own only part, and children whose amounts make up the header's sum are the
 * others. Only the rest (prorated, changed since) costs a heavy request of its own.
 */
export async function agreementParts(
  client: ConnectwiseClient,
  invoices: readonly Row[],
  missing: MissingLists,
): Promise<Map<number, AgreementPart[]>> {
  const billed = invoices.filter((invoice) => agreementOf(invoice) !== undefined);
  const parts = new Map<number, AgreementPart[]>();
  if (billed.length === 0) return parts;
  const ids = [...new Set(billed.map((invoice) => agreementOf(invoice) as number))];
  const condition = (list: string) => `id in (${list}) or parentAgreement/id in (${list})`;
  const agreements = await client.listIn('/finance/agreements', AGREEMENT_FIELDS, ids, condition);
  const unclear: Row[] = [];
  for (const invoice of billed) {
    const family = familyOf(agreements, agreementOf(invoice) as number);
    if (family.length > 1 && !sums(family, invoice['agreementAmount'])) unclear.push(invoice);
    else parts.set(invoice.id, family.length === 1 ? [asOnePart(family[0] as Row, invoice)] : family.map(partOf));
  }
  const told = await concurrently(unclear, INFO_WIDTH, (invoice) =>
    missing.orAbsent<unknown>('agreementInfo', undefined, () => client.get(`/finance/info/invoice/${invoice.id}`)),
  );
  unclear.forEach((invoice, index) => {
    const [parent] = familyOf(agreements, agreementOf(invoice) as number);
    const info = told[index];
    parts.set(invoice.id, info === undefined && parent ? [asOnePart(parent, invoice)] : partsOfInfo(info, agreements));
  });
  return parts;
}

/** The whole flat amount as that of one agreement: its only one, or the one whose children nobody tells apart. */
function asOnePart(agreement: Row, invoice: Row): AgreementPart {
  return { ...partOf(agreement), agreementAmount: invoice['agreementAmount'] };
}

/** Only an invoice that charges a flat amount is asked about, and one that its agreement was billed with. */
function agreementOf(invoice: Row): number | undefined {
  const { id } = (invoice['agreement'] ?? {}) as { id?: unknown };
  return typeof id === 'number' && Boolean(invoice['agreementAmount']) ? id : undefined;
}

/** The agreement, then its children by id. */
function familyOf(agreements: readonly Row[], id: number): Row[] {
  const children = agreements.filter((row) => parentOf(row) === id && row['cancelledFlag'] !== true);
  const own = agreements.filter((row) => row.id === id);
  return [...own, ...children.toSorted((a, b) => a.id - b.id)];
}

function parentOf(agreement: Row): number | undefined {
  const { id } = (agreement['parentAgreement'] ?? {}) as { id?: unknown };
  return typeof id === 'number' ? id : undefined;
}

function partOf(agreement: Row): AgreementPart {
  const parent = parentOf(agreement);
  return {
    agreementRecId: agreement.id,
    agreementName: agreement['name'],
    agreementAmount: agreement['billAmount'],
    ...(parent !== undefined && { parentRecId: parent }),
    taxable: agreement['taxable'] === true,
  };
}

function sums(family: readonly Row[], stated: unknown): boolean {
  try {
    const total = family.reduce((sum, row) => sum.plus(fromJsonNumber(row['billAmount'] ?? 0)), new Decimal(0));
    return total.equals(fromJsonNumber(stated));
  } catch (error) {
    if (error instanceof NotAJsonNumber) return false;
    throw error;
  }
}

function partsOfInfo(info: unknown, agreements: readonly Row[]): AgreementPart[] {
  const { agreementBillingInfo } = (withoutLinks(info) ?? {}) as { agreementBillingInfo?: unknown };
  if (!Array.isArray(agreementBillingInfo)) return [];
  const taxable = new Map(agreements.map((row) => [row.id, row['taxable'] === true]));
  return (agreementBillingInfo as AgreementPart[]).map((part) => ({ ...part, taxable: taxable.get(part.agreementRecId) ?? false }));
}
