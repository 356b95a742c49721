import type { VendorSandbox } from '../connectors/kit/sandbox/server.js';

/** The other companies, loaded only by the process that plays them. */
export async function loadVendorSandboxes(): Promise<VendorSandbox[]> {
  const [connectwise, quickbooks, xero] = await Promise.all([
    import('../connectors/connectwise/sandbox/index.js'),
    import('../connectors/quickbooks/sandbox/index.js'),
    import('../connectors/xero/sandbox/index.js'),
  ]);
  return [connectwise.connectwiseSandbox, quickbooks.quickbooksSandbox, xero.xeroSandbox];
}
