import type { ReviewRule } from '../rule.js';
import { agreementAmountChanged } from './agreement-amount-changed.js';
import { creditMemoThatCharges } from './credit-memo-that-charges.js';
import { productBelowCost } from './product-below-cost.js';
import { ticketWithoutNotes } from './ticket-without-notes.js';

/** One rule, one file, one line here. */
export const RULES: readonly ReviewRule[] = [productBelowCost, ticketWithoutNotes, creditMemoThatCharges, agreementAmountChanged];
