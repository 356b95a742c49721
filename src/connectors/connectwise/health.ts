import { isConnectorError } from '../../ports/connector-error.js';
import type { HealthReport } from '../../ports/connector.js';
import type { ConnectwiseClient } from './client.js';
import { concurrently } from './concurrently.js';
import { LABEL } from './descriptor.js';
import { OPTIONAL_LISTS, type OptionalList } from './optional-lists.js';
import { permissionFor } from './permissions.js';

const WIDTH = 4;

interface Probe {
  path: string;
  /** A write that cannot change anything, since no record has the id 0. */
  write?: { method: 'POST' | 'PATCH'; body: unknown };
  /** Works without; this is what is then missing. */
  without?: string;
}

const notKnown = (list: OptionalList): string => `Not known: ${OPTIONAL_LISTS[list].notKnown}.`;

/** One request for every right that the connector will need. */
const PROBES: readonly Probe[] = [
  { path: '/finance/invoices/count' },
  { path: '/finance/invoices/0', write: { method: 'PATCH', body: [] } },
  { path: '/finance/closedInvoices/0', write: { method: 'PATCH', body: [] } },
  { path: '/finance/invoices/0/payments' },
  { path: '/finance/invoices/0/payments', write: { method: 'POST', body: {} } },
  { path: '/finance/invoices/0/routings', without: notKnown('routing') },
  { path: '/finance/agreements/count' },
  { path: '/finance/taxCodes/count', without: notKnown('taxCodes') },
  { path: '/finance/billingStatuses/count', without: 'Billing statuses cannot be chosen, so none is set there.' },
  { path: '/finance/billingSetups/count' },
  { path: '/time/entries/count' },
  { path: '/expense/entries/count' },
  { path: '/procurement/products/count' },
  { path: '/company/companies/count' },
  { path: '/system/info/members/count', without: notKnown('members') },
  { path: '/system/callbacks/count', without: 'Changes arrive with the regular pull only.' },
];

/** Asks for what the connector needs, and names every right that is missing at once. Failures are reports too. */
export async function checkHealth(client: ConnectwiseClient): Promise<HealthReport> {
  try {
    await client.get('/system/info');
    const denied = (await concurrently(PROBES, WIDTH, async (probe) => ((await isDenied(client, probe)) ? [probe] : []))).flat();
    return report((await client.site()).company, denied);
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return { ok: false, sentence: error.message, missing: [] };
  }
}

async function isDenied(client: ConnectwiseClient, { path, write }: Probe): Promise<boolean> {
  try {
    if (write) await client.write(write.method, path, write.body);
    else await client.get(path);
    return false;
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    if (error.kind === 'forbidden') return true;
    // A list without a number in its address is there, or this company has none.
    if (error.kind === 'not_found' && path.endsWith('/count')) return true;
    // The record 0 does not exist and an empty write is refused: both were said by somebody who let us in.
    const isAnswer = error.kind === 'not_found' || error.kind === 'invalid' || (write && error.kind === 'outcome_unknown');
    if (isAnswer) return false;
    throw error;
  }
}

function report(company: string, denied: readonly Probe[]): HealthReport {
  const missing = new Map(denied.map(({ path, write }) => permissionFor(path, write !== undefined)).map((one) => [one.permission, one]));
  const needed = denied.filter((probe) => probe.without === undefined);
  if (needed.length > 0) {
    const sentence = `Connected to ${company}, but the API member lacks permissions. Grant them in ${LABEL} and check again.`;
    return { ok: false, sentence, missing: [...missing.values()] };
  }
  const sentence = [`Connected to ${company}.`, ...denied.flatMap((probe) => probe.without ?? [])].join(' ');
  return { ok: true, sentence, missing: [...missing.values()] };
}
