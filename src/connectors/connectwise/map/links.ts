/** What the PSA calls the screens that a link can open. */
const SCREENS = {
  invoice: 'InvoiceFv',
  ticket: 'ServiceFv',
  time: 'TimeEntryFv',
  expense: 'ExpenseFv',
  product: 'ProductFv',
  agreement: 'AgreementFv',
} as const;

/** Opens one record in the PSA's own pages. */
export function linkTo(appUrl: string, screen: keyof typeof SCREENS, id: number): string {
  return `${appUrl}/v4_6_release/services/system_io/router/openrecord.rails?locale=en_US&recordType=${SCREENS[screen]}&recid=${id}`;
}
