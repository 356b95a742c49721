import { describe, expect, it } from 'vitest';
import type { BillingStatus } from '../ports/billing-source.js';
import { mayBeWritten, suggestStatuses } from './status-mapping.js';

const status = (externalId: string, name: string, flags: Partial<BillingStatus> = {}): BillingStatus => ({
  externalId,
  name,
  closed: false,
  sent: false,
  inactive: false,
  ...flags,
});
const suggested = (...statuses: BillingStatus[]) => Object.fromEntries(suggestStatuses(statuses).map(({ key, code }) => [key, code]));

describe('the first mapping of decisions to billing statuses', () => {
  it('goes by the usual names', () => {
    expect(suggested(status('1', 'New'), status('2', 'In Review'), status('3', 'Ready to Send'), status('4', 'Rejected'))).toEqual({
      approved: '3',
      rejected: '4',
      reopened: '2',
    });
  });

  it('prefers the better name over the earlier one', () => {
    expect(suggested(status('1', 'Approved by client'), status('2', 'Ready'), status('3', 'New'), status('4', 'Under review'))).toEqual({
      approved: '2',
      reopened: '4',
    });
  });

  it('never chooses one that says sent, closes, or cannot be chosen, by flag or by name', () => {
    const dangerous = [
      status('1', 'Ready', { sent: true }),
      status('2', 'Approved', { closed: true }),
      status('3', 'Ready', { inactive: true }),
      status('4', 'Approved and Sent'),
      status('5', 'Rejected - Closed'),
    ];
    expect(suggested(...dangerous)).toEqual({});
    expect(dangerous.filter((one) => mayBeWritten(one))).toEqual([]);
  });

  it('leaves out what has no fitting status', () => {
    expect(suggested(status('1', 'Bureau'))).toEqual({});
    expect(suggested()).toEqual({});
  });
});
