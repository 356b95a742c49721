/** How one write ended. A thrown ConnectorError other than `outcome_unknown` means that nothing was written. */
export type WriteOutcome =
  | { state: 'posted'; externalId: string; link?: string }
  | {
      state: 'refused';
      /** What it means and what to do, in plain words. */
      cause: string;
      vendorWords?: string;
      vendorCode?: string;
      link?: string;
    }
  | { state: 'unknown'; why: string; vendorCode?: string };

export type Refused = Extract<WriteOutcome, { state: 'refused' }>;

/** `vendorCode` of a refusal because the number is in use: perhaps by ourselves, so the engine looks before it believes it. */
export const NUMBER_TAKEN = 'number_taken';
