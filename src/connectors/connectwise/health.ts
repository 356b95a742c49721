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
  /** Only a release that lacks it is done without, not a role that may not read it. */
  needsRight?: boolean;
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
  { path: '/finance/taxCodes/count', without: notKnown('taxCodes'), needsRight: OPTIONAL_LISTS.taxCodes.onDocument },
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
    const found = await concurrently(PROBES, WIDTH, async (probe) => ({ probe, verdict: await verdictOn(client, probe) }));
    return report((await client.site()).company, found);
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return { ok: false, sentence: error.message, missing: [] };
  }
}

type Verdict = 'there' | 'denied' | 'absent';

async function verdictOn(client: ConnectwiseClient, { path, write }: Probe): Promise<Verdict> {
  try {
    if (write) await client.write(write.method, path, write.body);
    else await client.get(path);
    return 'there';
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    if (error.kind === 'forbidden') return 'denied';
    // A list without a number in its address is there, or this company has none.
    if (error.kind === 'not_found' && path.endsWith('/count')) return 'absent';
    // The record 0 does not exist and an empty write is refused: both were said by somebody who let us in.
    const isAnswer = error.kind === 'not_found' || error.kind === 'invalid' || (write && error.kind === 'outcome_unknown');
    if (isAnswer) return 'there';
    throw error;
  }
}

function report(company: string, found: readonly { probe: Probe; verdict: Verdict }[]): HealthReport {
  const lacking = found.filter(({ verdict }) => verdict !== 'there');
  const rights = lacking.map(({ probe: { path, write } }) => permissionFor(path, write !== undefined));
  const missing = [...new Map(rights.map((one) => [one.permission, one])).values()];
  const isNeeded = ({ probe, verdict }: (typeof lacking)[number]) =>
    probe.without === undefined || (probe.needsRight === true && verdict === 'denied');
  if (lacking.some(isNeeded)) {
    const sentence = `Connected to ${company}, but the API member lacks permissions. Grant them in ${LABEL} and check again.`;
    return { ok: false, sentence, missing };
  }
  const sentence = [`Connected to ${company}.`, ...lacking.flatMap(({ probe }) => probe.without ?? [])].join(' ');
  return { ok: true, sentence, missing };
}
