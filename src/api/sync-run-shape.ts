import { z } from 'zod';
import { id, instant, named } from './shapes.js';

export const SYNC_KINDS = ['pull', 'sweep', 'settle'] as const;

export const syncRun = named(
  'SyncRun',
  z.object({
    id,
    connectionId: id,
    kind: z.enum(SYNC_KINDS),
    state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
    requestedBy: z.string(),
    expected: z.int().optional(),
    fetched: z.int(),
    changed: z.int(),
    setAside: z.int(),
    problem: z.string().optional(),
    queuedAt: instant,
    startedAt: instant.optional(),
    finishedAt: instant.optional(),
  }),
);
