import { z } from 'zod';

/**
 * The queues, made by the migration; processes never create one. A payload is two ids and nothing else, because the
 * queue's tables are not under row security; the row named by `id` must exist in that tenant.
 */
export const QUEUES = {
  /** id = sync run */
  'intake.pull': { retryLimit: 3, retryDelay: 15, retryBackoff: true, expireInSeconds: 3_600 },
  'intake.sweep': { retryLimit: 2, retryDelay: 60, retryBackoff: true, expireInSeconds: 3_600 },
  /** id = connection whose changed invoices are to be checked */
  'review.check': { retryLimit: 5, retryDelay: 5, retryBackoff: true, expireInSeconds: 300 },
  /** id = invoice */
  'document.render': { retryLimit: 3, retryDelay: 5, retryBackoff: true, expireInSeconds: 300 },
  /** id = connection whose due postings are to be sent */
  'posting.send': { retryLimit: 5, retryDelay: 5, retryBackoff: true, expireInSeconds: 900 },
  /** id = connection whose unknown postings are to be looked up */
  'posting.reconcile': { retryLimit: 5, retryDelay: 10, retryBackoff: true, expireInSeconds: 900 },
  /** id = sync run */
  'settlement.read': { retryLimit: 3, retryDelay: 15, retryBackoff: true, expireInSeconds: 1_800 },
  /** id = e-mail to send */
  'mail.send': { retryLimit: 5, retryDelay: 10, retryBackoff: true, expireInSeconds: 120 },
  /** id = retention run */
  'lifecycle.retain': { retryLimit: 5, retryDelay: 30, retryBackoff: true, expireInSeconds: 7_200 },
  /** id = data export */
  'lifecycle.export': { retryLimit: 3, retryDelay: 30, retryBackoff: true, expireInSeconds: 21_600 },
  /** id = tenant erasure */
  'lifecycle.erase': { retryLimit: 10, retryDelay: 30, retryBackoff: true, expireInSeconds: 21_600 },
} as const;

export type QueueName = keyof typeof QUEUES;

/** Where a job goes after its last try; shown to people. */
export const DEAD_LETTERS = 'dead-letters';

export const jobPayload = z.strictObject({ tenantId: z.uuid(), id: z.uuid() });
export type JobPayload = z.infer<typeof jobPayload>;
