import { SetMetadata } from '@nestjs/common';
import type { JobPayload, QueueName } from '../database/queues.js';

export const JOB_HANDLER = Symbol('job handler');

/** What a handler looks like: it opens its own tenant transactions, and stops when the signal aborts. */
export type HandleJob = (payload: JobPayload, signal: AbortSignal) => Promise<void>;

/** Marks the one method that works on this queue. */
export const JobHandler = (queue: QueueName) => SetMetadata(JOB_HANDLER, queue);
