import { z } from 'zod';
import type { SandboxStore } from '../kit/store.js';

const limitsSchema = z.strictObject({
  perSecond: z.number().int().min(0),
  perMinute: z.number().int().min(0),
  batchPerMinute: z.number().int().min(0),
});

const webhookSchema = z.strictObject({
  url: z.url(),
  verifierToken: z.string().min(1),
  format: z.enum(['legacy', 'cloudevents']).default('cloudevents'),
  /** Changes within this window leave in one delivery. */
  windowMs: z.number().int().min(0).default(200),
  /** How often each delivery is sent even when it was answered: a receiver has to bear duplicates. */
  copies: z.number().int().min(1).default(1),
  /** Newest event first. */
  reversed: z.boolean().default(false),
  /** Waits before each retry of a delivery that was not answered with 2xx within three seconds. */
  retryMs: z.array(z.number().int().min(0)).default([10_000, 20_000, 30_000, 300_000]),
});
export type WebhookOptions = z.infer<typeof webhookSchema>;

const fields = {
  /** Off: the company numbers documents itself and ignores the number sent. */
  customTxnNumbers: z.boolean(),
  /** Transactions on or before this day are closed to writes. */
  bookCloseDate: z.iso.date().nullable(),
  multicurrency: z.boolean(),
  warnDuplicateDocNumber: z.boolean(),
  /** Automated sales tax: without an explicit TotalTax the company's own rate is applied to TAX lines. */
  partnerTaxEnabled: z.boolean(),
  /** `daily` is the documented pace; `every-refresh` is the default because it finds clients that keep the old value. */
  refreshRotation: z.enum(['every-refresh', 'daily']),
  refreshGraceHours: z.number().min(0),
  /** Whether a request id of a refused write answers the same refusal again, also after the data was mended. */
  replayFaults: z.boolean(),
  /** Refusals as HTTP 200 with a top-level Fault, which is documented as possible. */
  faultsAs200: z.boolean(),
  throttleBody: z.enum(['xml', 'json', 'empty']),
};

const optionsSchema = z.strictObject({ ...fields, limits: limitsSchema, webhook: webhookSchema.nullable() });
export type QboOptions = z.infer<typeof optionsSchema>;

/** `POST /_sandbox/options`: any part of the options. */
export const optionsPatchSchema = z.strictObject({
  ...z.strictObject(fields).partial().shape,
  limits: limitsSchema.partial().optional(),
  webhook: webhookSchema.nullable().optional(),
});

const DEFAULTS: QboOptions = {
  customTxnNumbers: true,
  bookCloseDate: null,
  multicurrency: false,
  warnDuplicateDocNumber: true,
  partnerTaxEnabled: true,
  refreshRotation: 'every-refresh',
  refreshGraceHours: 24,
  replayFaults: true,
  faultsAs200: false,
  throttleBody: 'xml',
  limits: { perSecond: 10, perMinute: 500, batchPerMinute: 40 },
  webhook: null,
};

export function readOptions(store: SandboxStore): QboOptions {
  return store.get<QboOptions>('_options', 'current') ?? DEFAULTS;
}

export function changeOptions(store: SandboxStore, patch: z.infer<typeof optionsPatchSchema>): QboOptions {
  const current = readOptions(store);
  const { limits, ...rest } = patch;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const next: QboOptions = { ...current, ...given, limits: { ...current.limits, ...limits } };
  store.put('_options', 'current', next);
  return next;
}
