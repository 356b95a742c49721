import { z } from 'zod';
import type { SandboxStore } from '../kit/store.js';

const civilDate = z.iso.date();

/** What a test may bend, through `POST /_sandbox/options`; what is not sent stays as it is. */
const optionsSchema = z.strictObject({
  /** Requests per organisation and minute; the real one is 60. */
  minuteLimit: z.number().int().min(1).default(60),
  /** Requests per organisation and day: 1,000 on the smallest plan, 5,000 above it. */
  dayLimit: z.number().int().min(1).default(5_000),
  appMinuteLimit: z.number().int().min(1).default(10_000),
  concurrentLimit: z.number().int().min(1).default(5),
  /** How long each request is worked on before it takes effect; with 0 nothing would ever be in flight together. */
  latencyMs: z.number().int().min(0).default(5),
  /** Documents and payments dated on or before these are refused. */
  periodLockDate: civilDate.nullable().default(null),
  endOfYearLockDate: civilDate.nullable().default(null),
  /** Whether a deleted or voided invoice gives its number back; unknown of the real one, so the harsher is the default. */
  numbersFreeAfterVoid: z.boolean().default(false),
  webhook: z
    .strictObject({ url: z.url(), key: z.string().min(1) })
    .nullable()
    .default(null),
});
export type XeroSandboxOptions = z.infer<typeof optionsSchema>;

export function readOptions(store: SandboxStore): XeroSandboxOptions {
  return optionsSchema.parse(store.get('_options', 'options') ?? {});
}

export function changeOptions(store: SandboxStore, change: unknown): XeroSandboxOptions {
  const changed = optionsSchema.parse({ ...readOptions(store), ...z.record(z.string(), z.unknown()).parse(change) });
  store.put('_options', 'options', changed);
  return changed;
}
