import type { VendorSandbox } from './kit/server.js';

/** The other companies, loaded only by the process that plays them. */
export async function loadVendorSandboxes(): Promise<VendorSandbox[]> {
  const [connectwise, quickbooks, xero] = await Promise.all([
    import('./connectwise/index.js'),
    import('./quickbooks/index.js'),
    import('./xero/index.js'),
  ]);
  return [connectwise.connectwiseSandbox, quickbooks.quickbooksSandbox, xero.xeroSandbox];
}
