/**
 * The billing mistakes that the sandbox hides in its data, and on which invoices: two for each rule that a reviewer has.
 * Everything else is clean, so that a rule which finds more than these finds too much.
 */
export interface PlantedMistake {
  rule: PlantedRule;
  numbers: readonly string[];
}

export type PlantedRule =
  | 'product-below-cost'
  | 'product-thin-margin'
  | 'agreement-amount-changed'
  | 'ticket-without-notes'
  | 'thin-notes'
  | 'credit-memo-positive'
  | 'non-billable-time'
  | 'stale-time'
  | 'flagged-work-type'
  | 'no-tax-code'
  | 'product-not-taxable'
  | 'large-expense'
  | 'keyword';

export const PLANTED: readonly PlantedMistake[] = [
  { rule: 'product-below-cost', numbers: ['1215', '1510'] },
  { rule: 'product-thin-margin', numbers: ['1360', '1520'] },
  { rule: 'agreement-amount-changed', numbers: ['1454', '1472'] },
  { rule: 'ticket-without-notes', numbers: ['1346', '1494'] },
  { rule: 'thin-notes', numbers: ['1348', '1498'] },
  { rule: 'credit-memo-positive', numbers: ['1378', '1543'] },
  { rule: 'non-billable-time', numbers: ['1351', '1504'] },
  { rule: 'stale-time', numbers: ['1352', '1511'] },
  { rule: 'flagged-work-type', numbers: ['1354', '1513'] },
  { rule: 'no-tax-code', numbers: ['1356', '1519'] },
  { rule: 'product-not-taxable', numbers: ['1370', '1540'] },
  { rule: 'large-expense', numbers: ['1358', '1521'] },
  { rule: 'keyword', numbers: ['1359', '1528'] },
];

/** Watch lists start empty; with these words and this work type the last rules find theirs. */
export const PLANTED_KEYWORDS = ['password', 'internal reminder'] as const;
export const PLANTED_WORK_TYPE = 'Internal';

export function plantedRule(number: string): PlantedRule | undefined {
  return PLANTED.find(({ numbers }) => numbers.includes(number))?.rule;
}
