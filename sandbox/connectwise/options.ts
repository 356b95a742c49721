import { z } from 'zod';
import type { SandboxStore } from '../kit/store.js';
import { DENIABLE } from './permissions.js';

/**
 * Behaviours of the vendor that nobody could verify, or that differ between installations. `POST /_sandbox/options` merges,
 * and the choice survives a restart.
 */
export const optionsSchema = z
  .object({
    /** A second payment row on an invoice is refused; the first must be updated instead. */
    singlePaymentPerInvoice: z.boolean(),
    /** References that are not set are sent as `{}` instead of being left out. */
    emptyRefs: z.boolean(),
    /** Areas (permissions.ts) that the API member's role may not use: `payments`, `payments:write`, `*:write`… */
    denied: z.array(z.enum(DENIABLE)),
    /** Every tenth invoice is sent with a total one unit too high. */
    inconsistentTotals: z.boolean(),
    /** Off: an older release, which calls Consolidated invoices Standard. */
    consolidatedType: z.boolean(),
    /** Off: payments and line edits leave the invoice's lastUpdated alone. */
    childChangesBumpInvoice: z.boolean(),
    requestsPerMinute: z.number().int().min(1),
    /** Waits before the second and third delivery of a callback. */
    callbackRetryDelaysMs: z.array(z.number().int().min(0)),
    callbackTimeoutMs: z.number().int().min(1),
  })
  .strict();
export type Options = z.infer<typeof optionsSchema>;

const DEFAULTS: Options = {
  singlePaymentPerInvoice: false,
  emptyRefs: false,
  denied: [],
  inconsistentTotals: false,
  consolidatedType: true,
  childChangesBumpInvoice: true,
  requestsPerMinute: 1_000,
  callbackRetryDelaysMs: [2_000, 4_000],
  callbackTimeoutMs: 5_000,
};

export function readOptions(store: SandboxStore): Options {
  return { ...DEFAULTS, ...store.get<Partial<Options>>('_options', 'current') };
}

export function mergeOptions(store: SandboxStore, changes: Partial<Options>): Options {
  store.put('_options', 'current', { ...store.get<Partial<Options>>('_options', 'current'), ...changes });
  return readOptions(store);
}

export function resetOptions(store: SandboxStore): Options {
  store.put('_options', 'current', {});
  return readOptions(store);
}
