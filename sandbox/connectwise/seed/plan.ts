export type InvoiceKind = 'time' | 'products' | 'misc' | 'progress' | 'creditMemo' | 'downPayment' | 'consolidated' | 'covered';

export interface Slot {
  number: string;
  kind: InvoiceKind;
  date: string;
  /** 0 is the oldest month. */
  month: number;
  position: number;
  /** Index into the list of customers. */
  customer: number;
  /** Number of the down payment that this invoice uses up. */
  appliesDownPayment?: string;
}

const SLOTS = 110;
const AGREEMENTS = 30;
const CUSTOMER_COUNT = 40;
const MONTHS = ['2026-08', '2026-09', '2026-10'] as const;
export const AGREEMENT_DATES = ['2026-09-01', '2026-10-01', '2026-11-01'] as const;
const FIRST_NUMBER = 1201;
/** A long project: its invoice has this many time entries. */
export const LONG_INVOICE = { number: '1391', entries: 300 } as const;

/** The kinds are laid out by position, not drawn, so that the planted mistakes keep their invoice numbers for every seed. */
function kindAt(position: number): InvoiceKind {
  if (position % 5 === 4) return 'products';
  if (position % 15 === 1) return 'misc';
  if (position % 20 === 8) return 'progress';
  if (position % 25 === 12) return 'creditMemo';
  if (position % 25 === 20) return 'downPayment';
  if ([25, 60, 100].includes(position)) return 'consolidated';
  return position === 33 || position === 83 ? 'covered' : 'time';
}

const firstNumberOf = (month: number): number => FIRST_NUMBER + month * (SLOTS + AGREEMENTS);

export const agreementNumber = (month: number, index: number): string => String(firstNumberOf(month) + SLOTS + index);

export const hasAgreement = (customer: number): boolean => customer % 4 !== 3;

function customerAt(month: number, position: number, kind: InvoiceKind): number {
  const spread = kind === 'progress' ? position * 7 + Math.floor(position / 20) * 5 : position * 7 + month * 13;
  const customer = spread % CUSTOMER_COUNT;
  return kind === 'covered' && !hasAgreement(customer) ? customer - 1 : customer;
}

/** Every invoice but the agreements', oldest first. */
export function planMonth(month: number): Slot[] {
  return Array.from({ length: SLOTS }, (_, position): Slot => {
    const kind = kindAt(position);
    const slot: Slot = {
      number: String(firstNumberOf(month) + position),
      kind,
      date: `${MONTHS[month]}-${String(1 + Math.floor((position * 28) / SLOTS)).padStart(2, '0')}`,
      month,
      position,
      customer: customerAt(month, position, kind),
    };
    if (month === 0 || position % 25 !== 24) return slot;
    const source = position - 4;
    return {
      ...slot,
      customer: customerAt(month - 1, source, 'downPayment'),
      appliesDownPayment: String(firstNumberOf(month - 1) + source),
    };
  });
}
