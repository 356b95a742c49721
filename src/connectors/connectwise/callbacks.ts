import { ConnectorError, isConnectorError } from '../../ports/connector-error.js';
import type { ConnectwiseClient, Row } from './client.js';

const PATH = '/system/callbacks';
const CALLBACK_FIELDS = 'id,url,type,level,objectId,inactiveFlag';
/** The vendor has no callbacks for products, payments and set-up tables; those are found by the pull. */
const TYPE = 'invoice';

/**
 * Sees to it that the PSA tells this address about every invoice; switched-off callbacks are switched on again.
 * @param url ours, for this connection; the vendor appends the id and the action, so it must end with `recordId=`.
 */
export async function registerCallbacks(client: ConnectwiseClient, url: string): Promise<void> {
  if (!url.endsWith('recordId='))
    throw new ConnectorError('invalid', `A callback address has to end with "recordId=", and ${url} does not.`);
  const existing = await ours(client, url);
  if (existing) return switchOn(client, existing);
  try {
    await client.write('POST', PATH, {
      description: 'Countersign: invoices',
      url,
      objectId: 1,
      type: TYPE,
      level: 'owner',
      payloadVersion: '3.0.0',
      inactiveFlag: false,
      // Our own status changes and payments are known here already.
      isSelfSuppressedFlag: true,
    });
  } catch (error) {
    // Another process was quicker, or an earlier try landed after all.
    const exists = isConnectorError(error) && (error.details.vendorCode === 'ObjectExists' || error.kind === 'outcome_unknown');
    const found = exists ? await ours(client, url) : undefined;
    if (!found) throw error;
    await switchOn(client, found);
  }
}

/** Absent is success. */
export async function removeCallbacks(client: ConnectwiseClient, url: string): Promise<void> {
  const existing = await ours(client, url);
  if (!existing) return;
  try {
    await client.delete(`${PATH}/${existing.id}`);
  } catch (error) {
    if (!isConnectorError(error) || error.kind !== 'not_found') throw error;
  }
}

async function ours(client: ConnectwiseClient, url: string): Promise<Row | undefined> {
  const rows = await client.list(PATH, { conditions: 'type = "invoice" and level = "owner"', fields: CALLBACK_FIELDS });
  return rows.find((row) => row['url'] === url);
}

/** The vendor switches a callback off after three days of failures. */
async function switchOn(client: ConnectwiseClient, { id, inactiveFlag }: Row): Promise<void> {
  if (inactiveFlag === true) await client.write('PATCH', `${PATH}/${id}`, [{ op: 'replace', path: 'inactiveFlag', value: false }]);
}
