import { isConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import type { ConnectwiseClient } from './client.js';
import { LABEL } from './descriptor.js';

interface StatusNow {
  id: string | undefined;
  closed: boolean;
}

/**
 * Sets the billing status. Reads first (there already is success), and reads again afterwards: the vendor answers 200 to
 * patches that it did not apply. Closed invoices are locked on their ordinary route and have one of their own.
 */
export async function writeStatus(client: ConnectwiseClient, invoiceId: string, statusId: string): Promise<WriteOutcome> {
  const posted: WriteOutcome = { state: 'posted', externalId: invoiceId };
  const before = await readStatus(client, invoiceId);
  if (before.id === statusId) return posted;
  const route = before.closed ? 'closedInvoices' : 'invoices';
  const trouble = await patch(client, `/finance/${route}/${invoiceId}`, statusId);
  if (trouble?.state === 'refused') return trouble;
  const after = await readStatus(client, invoiceId).catch((error: unknown) => {
    if (isConnectorError(error)) return undefined;
    throw error;
  });
  if (after?.id === statusId) return posted;
  if (trouble) return trouble;
  if (!after) return { state: 'unknown', why: `${LABEL} took the new status, but could not be asked whether it holds it.` };
  return {
    state: 'refused',
    cause:
      `${LABEL} answered that the status was set, but the invoice still has the old one. Set it there by hand, and check that ` +
      `this status may be used for it.`,
  };
}

async function patch(client: ConnectwiseClient, path: string, statusId: string): Promise<WriteOutcome | undefined> {
  try {
    // The whole reference: a path into it would be answered with 200 and ignored.
    await client.write('PATCH', path, [{ op: 'replace', path: 'status', value: { id: Number.parseInt(statusId, 10) } }]);
    return undefined;
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    if (error.kind === 'outcome_unknown') return { state: 'unknown', why: error.message };
    if (error.kind !== 'invalid') throw error;
    const { vendorWords, vendorCode } = error.details;
    return {
      state: 'refused',
      cause: `${LABEL} did not take the new status. The invoice may be locked by an accounting batch, or the status may be inactive.`,
      ...(vendorWords !== undefined && { vendorWords }),
      ...(vendorCode !== undefined && { vendorCode }),
    };
  }
}

async function readStatus(client: ConnectwiseClient, invoiceId: string): Promise<StatusNow> {
  const invoice = (await client.get(`/finance/invoices/${invoiceId}`, { fields: 'id,status' })) as {
    status?: { id?: unknown; isClosed?: unknown };
  };
  const { id, isClosed } = invoice.status ?? {};
  return { id: typeof id === 'number' ? String(id) : undefined, closed: isClosed === true };
}
