import { randomBytes } from 'node:crypto';

/** What the real service puts on every answer as `intuit_tid`. */
export function transactionId(): string {
  return `1-${randomBytes(4).toString('hex')}-${randomBytes(12).toString('hex')}`;
}
