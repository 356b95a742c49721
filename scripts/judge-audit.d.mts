/** An advisory that is known, does not reach us, and is looked at again on a day. */
export interface Allowed {
  advisory: number;
  package: string;
  reason: string;
  /** YYYY-MM-DD */
  until: string;
}

/** What stands in the way, one sentence each. */
export function judge(audit: object, allowed: readonly Allowed[], today: string): string[];
