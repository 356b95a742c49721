/** How long a person may take an approval back before anything is sent. */
export const UNDO_MS = 10_000;

/** "Not found" counts only so long after the last send, because the first request may still commit. Longer than both time-outs. */
export const QUARANTINE_SECONDS = 120;

/** After that a sender without an answer is taken for dead. Longer than the slowest request. */
export const SEND_LEASE_SECONDS = 90;

/** By what we know our own records at a vendor, whatever people do to names and numbers there. */
const MARK = 'CS-';

/** Of a document or a customer: the mark and our id. */
export function recordMarker(id: string): string {
  return `${MARK}${id}`;
}

/** Of a payment, which has 30 characters at most: the mark and the random end of the posting's id without its dashes. */
export function paymentMarker(postingId: string): string {
  return `${MARK}${postingId.replaceAll('-', '').slice(-27)}`;
}
